//! A number of another system that a customer has, as it stands in a key, and on a customer whose person was erased: nobody without the secret can try a value.

use data_encoding::BASE32_NOPAD;

use crate::matching::fold;
use crate::message::Attribute;
use crate::secret::Secret;

/// An alternate number or a relate id that is taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TakenNumber {
    /// Which of the two.
    pub attribute: Attribute,
    digest: String,
}

impl TakenNumber {
    /// The attributes that are such numbers.
    pub const ATTRIBUTES: [Attribute; 2] = [Attribute::RELATE_ID, Attribute::ALTERNATE_NUMBER];

    /// How many characters a digest has: 160 bits tell two values apart, and name nobody in the table's metrics, its contributor insights and its backups.
    const CHARACTERS: usize = 32;

    /// The number of this value. Its kind keeps equal values of the two apart.
    pub fn of(secret: &Secret, attribute: Attribute, value: &str) -> Self {
        let kind = if attribute == Attribute::RELATE_ID { "RELATE" } else { "ALTERNATE" };
        let code = secret.code("claim", &[kind.as_bytes(), fold::identifier(value).as_bytes()]);
        Self { attribute, digest: BASE32_NOPAD.encode(&code[..20]) }
    }

    /// Parses a digest; none for anything but one of [`Self::ATTRIBUTES`] with thirty-two characters of base 32.
    pub fn parse(attribute: Attribute, digest: &str) -> Option<Self> {
        let is_digest = digest.len() == Self::CHARACTERS
            && digest.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
        (is_digest && Self::ATTRIBUTES.contains(&attribute))
            .then(|| Self { attribute, digest: digest.to_owned() })
    }

    pub fn digest(&self) -> &str {
        &self.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_again_by_its_digest_and_from_it_nothing_is_known() {
        let secret = Secret::new("the secret of the tests of this crate").unwrap();
        let number = TakenNumber::of(&secret, Attribute::RELATE_ID, " JULIE.ROBINSON#7 ");
        assert_eq!(number, TakenNumber::of(&secret, Attribute::RELATE_ID, "JULIE.ROBINSON#7"));
        assert_ne!(number, TakenNumber::of(&secret, Attribute::RELATE_ID, "julie.robinson#7"));
        let other = TakenNumber::of(&secret, Attribute::ALTERNATE_NUMBER, "JULIE.ROBINSON#7");
        assert_ne!(number.digest(), other.digest());
        assert_eq!(TakenNumber::parse(Attribute::RELATE_ID, number.digest()), Some(number));
        for none in ["", "JULIE.ROBINSON#7", &"1".repeat(32)] {
            assert_eq!(TakenNumber::parse(Attribute::RELATE_ID, none), None, "{none:?}");
        }
        assert_eq!(TakenNumber::parse(Attribute::EMAIL, other.digest()), None);
    }
}
