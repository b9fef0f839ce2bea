/// Runs a future beside the others of this task; the task ends after it.
///
/// Panics where there is no task: in a function that is not `async` in WIT, unless `block_on` is around it.
pub fn spawn_local<T: 'static>(future: impl Future<Output = T> + 'static) -> JoinHandle<T> {
    let join = Arc::new(Join {
        result: Own::new(None),
        state: Own::new(JoinState::Runs),
        future: Own::new(None),
        handle: Own::new(None),
    });
    let ends = Ends(join.clone());
    spawn(Box::pin(async move {
        let result = until_cancelled(&ends.0, future).await;
        ends.0.result.replace(result);
    }));
    JoinHandle { join }
}

async fn until_cancelled<T>(join: &Join<T>, future: impl Future<Output = T>) -> Option<T> {
    let mut future = core::pin::pin!(future);
    core::future::poll_fn(|context| {
        if join.state.get() == JoinState::Cancelled {
            return Poll::Ready(None);
        }
        join.future.replace(Some(context.waker().clone()));
        future.as_mut().poll(context).map(Some)
    })
    .await
}

struct Join<T> {
    result: Own<Option<T>>,
    state: Own<JoinState>,
    /// Wakes the future.
    future: Own<Option<Waker>>,
    /// Wakes who awaits the handle.
    handle: Own<Option<Waker>>,
}

#[derive(Clone, Copy, PartialEq)]
enum JoinState {
    Runs,
    Cancelled,
    Ended,
}

/// Tells the handle that the future is gone, whether it was run to the end or not.
struct Ends<T>(Arc<Join<T>>);

impl<T> Drop for Ends<T> {
    fn drop(&mut self) {
        self.0.state.set(JoinState::Ended);
        self.0.future.replace(None);
        if let Some(waker) = self.0.handle.replace(None) {
            waker.wake();
        }
    }
}

/// A future that runs by itself; awaited, it gives the result, or `None` if it was cancelled.
///
/// If this is dropped, the future goes on.
pub struct JoinHandle<T> {
    join: Arc<Join<T>>,
}

impl<T> JoinHandle<T> {
    /// Has the future dropped, unless it is done.
    pub fn cancel(&mut self) {
        if self.join.state.get() == JoinState::Runs {
            self.join.state.set(JoinState::Cancelled);
            if let Some(waker) = self.join.future.replace(None) {
                waker.wake();
            }
        }
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        if self.join.state.get() == JoinState::Ended {
            return Poll::Ready(self.join.result.replace(None));
        }
        self.join.handle.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}
