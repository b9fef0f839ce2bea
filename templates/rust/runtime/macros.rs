/// Declares core imports. Where the target is not wasm, bindings are only type-checked, and a call panics.
macro_rules! core_imports {
    ($module:literal; $($name:literal => fn $ident:ident($($ty:ty),*) $(-> $result:ty)?;)*) => {
        #[cfg(target_arch = "wasm32")]
        #[link(wasm_import_module = $module)]
        // Modules may give one name to functions of different types.
        #[allow(clashing_extern_declarations)]
        unsafe extern "C" {
            $(
                #[link_name = $name]
                fn $ident($(_: $ty),*) $(-> $result)?;
            )*
        }
        $(
            #[cfg(not(target_arch = "wasm32"))]
            #[allow(dead_code, clippy::too_many_arguments)]
            unsafe extern "C" fn $ident($(_: $ty),*) $(-> $result)? {
                panic!("`{}` of `{}` can only be called in a component", $name, $module)
            }
        )*
    };
}
pub(crate) use core_imports;
