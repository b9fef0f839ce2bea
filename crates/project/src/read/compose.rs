//! `[compose]`: one of three ways.

use super::Reading;
use super::fields::{COMPOSE, Fields};
use crate::manifest::{At, Compose, How};

impl Reading {
    pub fn compose(&mut self, top: &Fields<'_>) -> Option<Compose> {
        let fields = self.table(top, "compose", COMPOSE)?;
        self.one_of(&fields, &["plug", "solve", "script"]);
        if let (Some(with), None) = (fields.get("with"), fields.get("plug")) {
            let place = self.at(&with.key_span);
            let error = diag::error("project/key-conflict", "`with` is of use beside `plug` alone");
            let error = error.label(place, "what are these plugged into?");
            self.say(error.help("add `plug = \"SOCKET\"`, or take `with` away"));
        }
        let target = self.word(&fields, "target");
        let how = self.how(&fields)?;
        Some(Compose { span: fields.span, how, target })
    }

    fn how(&mut self, fields: &Fields<'_>) -> Option<How> {
        if fields.get("plug").is_some() {
            let plugs = self.texts(fields, "with");
            // One that is no list was told already.
            if plugs.is_empty() && fields.get("with").is_none_or(|with| with.item.is_array()) {
                self.missing(fields, "with", "with = [\"COMPONENT\"]");
            }
            return Some(How::Plug { socket: self.word(fields, "plug")?, plugs });
        }
        if let Some(entry) = fields.get("solve") {
            let parts: Vec<At<String>> = self.texts(fields, "solve");
            if entry.item.as_array().is_some_and(toml_edit::Array::is_empty) {
                let help = "name the component whose exports are the app's, then the others";
                self.bad_value(&entry.span, "`solve` names no component", "an empty list", help);
            }
            return Some(How::Solve(parts));
        }
        if fields.get("script").is_some() {
            return self.path(fields, "script").map(How::Script);
        }
        if ["plug", "solve", "script"].iter().any(|key| fields.misspells(key)) {
            return None;
        }
        let place = self.at(&fields.span);
        let error = diag::error("project/missing-key", "[compose] says neither `plug` nor `solve` nor `script`");
        let error = error.label(place, "how do the components become one?");
        self.say(error.help("add `solve = [\"FIRST\", \"SECOND\"]`; the app exports what the first one exports"));
        None
    }
}
