//! kebab-case names in the cases of target languages.

use heck::{ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// `todo-app` as `todo_app`.
pub fn snake(kebab: &str) -> String {
    kebab.to_snake_case()
}

/// `todo-app` as `TodoApp`.
pub fn upper_camel(kebab: &str) -> String {
    kebab.to_upper_camel_case()
}

/// `todo-app` as `todoApp`.
pub fn lower_camel(kebab: &str) -> String {
    kebab.to_lower_camel_case()
}

/// `todo-app` as `TODO_APP`.
pub fn shouty_snake(kebab: &str) -> String {
    kebab.to_shouty_snake_case()
}
