//! Companies: a deployment may keep customers of several, each with duplicates of its own.

/// A company code of the deployment. `007` and `7` are the same company; letters are compared without case.
#[derive(Debug, Clone)]
pub struct Company(String);

impl Company {
    /// The company of that code, as it is written, blanks around it aside.
    pub fn new(code: &str) -> Self {
        Self(code.trim().to_owned())
    }

    /// The code as the deployment writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is compared: digits without leading zeros, or capitals.
    pub fn key(&self) -> String {
        if !self.0.is_empty() && self.0.bytes().all(|byte| byte.is_ascii_digit()) {
            let digits = self.0.trim_start_matches('0');
            if digits.is_empty() { "0".to_owned() } else { digits.to_owned() }
        } else {
            self.0.to_uppercase()
        }
    }
}

impl PartialEq for Company {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Company {}
