//! How to reach and address someone. Carer and service user may share any of these: an equal value
//! never shows that two records are one person.

use crate::sealed::Class;
use zeroize::Zeroizing;

use super::Invalid;
use super::text::{Kind, Lines, Text};

/// See [`PersonName`].
#[derive(Debug)]
pub enum PersonNameKind {}
impl Kind for PersonNameKind {
    const CLASS: Class = Class::Contact;
    const FIELD: &'static str = "person_name";
    const NAME: &'static str = "PersonName";
    const CHARACTERS_MAX: usize = 200;
    const LINES: Lines = Lines::One;
}
/// What someone is called, whole and in their own order: names have no parts that all people share.
pub type PersonName = Text<PersonNameKind>;

/// See [`Email`].
#[derive(Debug)]
pub enum EmailKind {}
impl Kind for EmailKind {
    const CLASS: Class = Class::Contact;
    const FIELD: &'static str = "email";
    const NAME: &'static str = "Email";
    // What the path of an SMTP command can carry.
    const CHARACTERS_MAX: usize = 254;
    const LINES: Lines = Lines::One;

    fn check(text: &str) -> Result<(), Invalid> {
        let (local, domain) = text.rsplit_once('@').ok_or(Invalid::Email)?;
        let plausible_local = has_no_empty_label(local) && local.chars().all(stands_in_local_part);
        let plausible_domain = has_no_empty_label(domain)
            && domain.contains('.')
            && domain.chars().all(|it| it.is_alphanumeric() || it == '-' || it == '.');
        if plausible_local && plausible_domain { Ok(()) } else { Err(Invalid::Email) }
    }
}
/// An e-mail address of plausible form; whether mail arrives only mail can tell.
pub type Email = Text<EmailKind>;

impl Email {
    /// The form under which equal addresses are equal, for the blind index. In small letters, the
    /// part before the `@` too: providers that tell `Ana@` from `ana@` are not met in practice.
    pub fn normalised(&self) -> Zeroizing<String> {
        Zeroizing::new(self.reveal().to_lowercase())
    }
}

fn has_no_empty_label(text: &str) -> bool {
    text.split('.').all(|label| !label.is_empty())
}

fn stands_in_local_part(character: char) -> bool {
    character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(character)
}

/// See [`Phone`].
#[derive(Debug)]
pub enum PhoneKind {}
impl Kind for PhoneKind {
    const CLASS: Class = Class::Contact;
    const FIELD: &'static str = "phone";
    const NAME: &'static str = "Phone";
    const CHARACTERS_MAX: usize = 40;
    const LINES: Lines = Lines::One;

    fn check(text: &str) -> Result<(), Invalid> {
        let after_plus = text.strip_prefix('+').unwrap_or(text);
        let digits = after_plus.bytes().filter(u8::is_ascii_digit).count();
        // A local number has six; an international one has 15, and a text relay prefix five more.
        let plausible = (6..=20).contains(&digits)
            && after_plus.chars().all(|it| it.is_ascii_digit() || " ()-".contains(it));
        if plausible { Ok(()) } else { Err(Invalid::Phone) }
    }
}
/// A telephone number as its owner writes it, text relay prefix included.
pub type Phone = Text<PhoneKind>;

impl Phone {
    /// The form under which equal numbers are equal, for the blind index: digits behind a `+`,
    /// where a number in the United Kingdom's own form gets `+44`.
    pub fn normalised(&self) -> Zeroizing<String> {
        // Longer than any result, so that the buffer never moves.
        let mut normalised = Zeroizing::new(String::with_capacity(PhoneKind::CHARACTERS_MAX + 3));
        if let Some(international) = self.reveal().strip_prefix('+') {
            normalised.push('+');
            // "+44 (0)20 …" says how to dial at home, which is no part of the number.
            normalised.extend(international.split("(0)").flat_map(digits_of));
            return normalised;
        }
        let mut digits = Zeroizing::new(String::with_capacity(PhoneKind::CHARACTERS_MAX));
        digits.extend(digits_of(self.reveal()));
        if let Some(international) = digits.strip_prefix("00") {
            normalised.push('+');
            normalised.push_str(international);
        } else if let Some(national) = digits.strip_prefix('0') {
            normalised.push_str("+44");
            normalised.push_str(national);
        } else {
            normalised.push_str(&digits);
        }
        normalised
    }
}

fn digits_of(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(char::is_ascii_digit)
}

/// See [`PostalAddress`].
#[derive(Debug)]
pub enum PostalAddressKind {}
impl Kind for PostalAddressKind {
    const CLASS: Class = Class::Contact;
    const FIELD: &'static str = "postal_address";
    const NAME: &'static str = "PostalAddress";
    const CHARACTERS_MAX: usize = 500;
    const LINES: Lines = Lines::Many;
}
/// Where letters go, in lines as on the envelope.
pub type PostalAddress = Text<PostalAddressKind>;

#[cfg(test)]
mod tests {
    use super::{Email, Invalid, PersonName, Phone, PostalAddress};

    fn email(typed: &str) -> Result<Email, Invalid> {
        Email::new(typed.to_owned())
    }

    fn phone(typed: &str) -> Result<Phone, Invalid> {
        Phone::new(typed.to_owned())
    }

    #[test]
    fn an_e_mail_address_cannot_carry_a_second_header() {
        for typed in ["ana@example.org\r\nBcc: b@example.org", "ana\n@example.org", "a\r@b.org"] {
            assert_eq!(email(typed).err(), Some(Invalid::ManyLines), "{typed:?}");
        }
        assert_eq!(email("ana@example.org\r\n").unwrap().reveal(), "ana@example.org");
    }

    #[test]
    fn addresses_people_have_are_taken_and_slips_are_not() {
        for typed in
            ["ana@example.org", " o'brien+nhs@mail.example.co.uk ", "zoë@example.org", "a.b@x-y.io"]
        {
            assert_eq!(email(typed).unwrap().reveal(), typed.trim());
        }
        for typed in [
            "ana",
            "ana@",
            "@example.org",
            "ana@example",
            "ana@example..org",
            "ana@.org",
            "ana@example.org.",
            ".ana@example.org",
            "a na@example.org",
            "ana@exam ple.org",
            "<ana@example.org>",
            "ana@b@example.org",
            "ana@example.org,ben@example.org",
            "a:b@c.org",
        ] {
            assert_eq!(email(typed).err(), Some(Invalid::Email), "{typed:?}");
        }
    }

    #[test]
    fn an_address_is_found_however_its_owner_capitalises_it() {
        assert_eq!(*email("Ana@Example.ORG").unwrap().normalised(), "ana@example.org");
    }

    #[test]
    fn numbers_people_write_are_taken_and_other_text_is_not() {
        for typed in ["020 7946 0018", "+44 (0)20-7946-0018", "18001 07700 900123", "946001"] {
            assert_eq!(phone(typed).unwrap().reveal(), typed);
        }
        for typed in
            ["12345", "07700 900123 ext 4", "44+7700900123", "++447700900123", "٠٧٧٠٠٩٠٠١٢٣"]
        {
            assert_eq!(phone(typed).err(), Some(Invalid::Phone), "{typed:?}");
        }
        assert_eq!(phone(&"1".repeat(21)).err(), Some(Invalid::Phone));
    }

    #[test]
    fn a_number_is_found_in_whichever_of_its_forms_it_is_written() {
        for typed in [
            "020 7946 0018",
            "(020) 79460018",
            "+44 20 7946 0018",
            "+44 (0)20 7946-0018",
            "0044 20 7946 0018",
        ] {
            assert_eq!(*phone(typed).unwrap().normalised(), "+442079460018", "{typed}");
        }
        assert_eq!(*phone("+353 1 234 5678").unwrap().normalised(), "+35312345678");
        assert_eq!(*phone("18001 07700 900123").unwrap().normalised(), "1800107700900123");
    }

    #[test]
    fn a_name_is_one_line_of_any_script() {
        for typed in ["Ana María O’Neill", "李小龍", "عائشة", "X"] {
            assert_eq!(PersonName::new(typed.to_owned()).unwrap().reveal(), typed);
        }
        for typed in ["Ana\nBen", "Ana\u{2028}Ben", "Ana\u{85}Ben"] {
            let refused = PersonName::new(typed.to_owned()).err();
            assert_eq!(refused, Some(Invalid::ManyLines), "{typed:?}");
        }
    }

    #[test]
    fn an_address_keeps_its_lines_whatever_they_were_broken_with() {
        let typed = "\t1 High Street\r\nSwindon\rSN1 1AA\tEngland\n".to_owned();
        let address = PostalAddress::new(typed).unwrap();
        assert_eq!(address.reveal(), "1 High Street\nSwindon\nSN1 1AA England");
    }
}
