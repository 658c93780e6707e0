//! The settings of a process, from its environment, and its end where they are bad.

use std::env::{self, VarError};

use crate::log::open_log;

/// A setting from the environment; empty is the same as absent. It stops the process when the value is not Unicode.
pub fn setting(name: &str) -> Option<String> {
    match env::var(name) {
        Ok(value) => Some(value).filter(|value| !value.is_empty()),
        Err(VarError::NotPresent) => None,
        Err(VarError::NotUnicode(_)) => {
            stop(&format!("The environment variable {name} is not Unicode."))
        }
    }
}

/// Stops the process before its first request, with a sentence that says why, and exit code 1.
pub fn stop(sentence: &str) -> ! {
    open_log();
    tracing::error!(reason = sentence, "stopped at start");
    std::process::exit(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alone::{alone, line, output};

    #[test]
    fn a_bad_control_stops_the_start_with_a_sentence() {
        let Some(mut command) =
            alone("settings::tests::a_bad_control_stops_the_start_with_a_sentence")
        else {
            stop("EXACT_MATCH names shoe_size, which is no field.")
        };
        let (code, printed, _) = output(&mut command);
        assert_eq!(code, Some(1), "{printed}");
        let line = line(&printed, "stopped at start");
        assert_eq!(line["level"], "ERROR");
        assert_eq!(line["reason"], "EXACT_MATCH names shoe_size, which is no field.");
    }

    #[test]
    fn a_setting_that_is_empty_is_absent() {
        let Some(mut command) = alone("settings::tests::a_setting_that_is_empty_is_absent") else {
            open_log();
            open_log();
            tracing::info!(
                set = setting("SET"),
                empty = setting("EMPTY"),
                absent = setting("ABSENT"),
                "settings"
            );
            tracing::debug!("too quiet to be heard");
            return;
        };
        let (code, printed, _) =
            output(command.env("SET", "x").env("EMPTY", "").env("RUST_LOG", "trace"));
        assert_eq!(code, Some(0), "{printed}");
        let line = line(&printed, "\"settings\"");
        assert_eq!(
            (&line["set"], line.get("empty"), line.get("absent")),
            (&"x".into(), None, None)
        );
        assert!(!printed.contains("too quiet"), "{printed}");
    }

    #[test]
    #[cfg(unix)]
    fn a_setting_that_is_not_unicode_stops_the_start() {
        use std::os::unix::ffi::OsStrExt;
        let Some(mut command) =
            alone("settings::tests::a_setting_that_is_not_unicode_stops_the_start")
        else {
            setting("NOT_UNICODE");
            return;
        };
        let (code, printed, _) =
            output(command.env("NOT_UNICODE", std::ffi::OsStr::from_bytes(b"\xff")));
        assert_eq!(code, Some(1), "{printed}");
        assert_eq!(
            line(&printed, "stopped")["reason"],
            "The environment variable NOT_UNICODE is not Unicode."
        );
    }
}
