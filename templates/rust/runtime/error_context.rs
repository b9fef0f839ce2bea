core_imports! {
    "$root";
    "[error-context-new-utf8]" => fn error_context_new(i32, i32) -> i32;
    "[error-context-debug-message-utf8]" => fn error_context_debug_message(i32, i32);
    "[error-context-drop]" => fn error_context_drop(i32);
}

/// An error of which only a message for people is known.
#[derive(PartialEq, Eq)]
pub struct ErrorContext {
    handle: u32,
}

impl ErrorContext {
    /// The host may keep less of the message, or nothing.
    pub fn new(debug_message: &str) -> Self {
        let (at, len) = lower_str(debug_message);
        Self { handle: unsafe { error_context_new(at, len) } as u32 }
    }

    pub fn from_handle(handle: u32) -> Self {
        Self { handle }
    }

    pub fn handle(&self) -> u32 {
        self.handle
    }

    /// The handle, which the caller owns then.
    pub fn take_handle(self) -> u32 {
        let handle = self.handle;
        core::mem::forget(self);
        handle
    }

    pub fn debug_message(&self) -> String {
        let mut message = [0; 2];
        unsafe {
            error_context_debug_message(self.handle as i32, message.as_mut_ptr() as usize as i32);
            lift_string(message[0], message[1])
        }
    }
}

impl core::fmt::Debug for ErrorContext {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ErrorContext").field("debug_message", &self.debug_message()).finish()
    }
}

impl core::fmt::Display for ErrorContext {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.debug_message())
    }
}

impl core::error::Error for ErrorContext {}

impl Drop for ErrorContext {
    fn drop(&mut self) {
        unsafe { error_context_drop(self.handle as i32) }
    }
}
