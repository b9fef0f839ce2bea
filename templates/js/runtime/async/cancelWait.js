const cancelWait = (subtask, done) => wait(() => isResolved(subtask), done);
