//! A letter for printing: a page of HTML that asks for nothing from anywhere, with the address where
//! a window envelope shows it. Nothing on it but the address block tells who it is for until it is
//! opened, and the page has a neutral title.

use contracts::personal::{PersonName, PostalAddress};
use jiff::civil::Date;

use crate::kinds::{Voice, Writing};

/// The page. Large print is 16 points, plain print 12.
pub(super) fn write(
    writing: &Writing,
    name: &PersonName,
    address: &PostalAddress,
    voice: &Voice,
    on: Date,
    large: bool,
) -> String {
    let size = if large { "16pt" } else { "12pt" };
    let to = lines(&format!("{}\n{}", name.reveal(), address.reveal()));
    let from = [Some(voice.sender.name.as_str()), voice.sender.postal_address.as_deref()];
    let from = lines(&from.into_iter().flatten().collect::<Vec<_>>().join("\n"));
    let paragraphs: Vec<String> = writing.paragraphs.iter().map(|it| paragraph(it)).collect();
    format!(
        "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>Letter</title>\n<style>\n{STYLE}body {{ font-size: {size} }}\n</style>\n</head>\n\
         <body>\n<address class=\"to\">{to}</address>\n<address class=\"from\">{from}</address>\n\
         <p>{date}</p>\n<p>Dear {name},</p>\n{text}\n<p>{sender}</p>\n</body>\n</html>\n",
        date = on.strftime("%-d %B %Y"),
        name = escaped(name.reveal()),
        text = paragraphs.join("\n"),
        sender = escaped(&voice.sender.name),
    )
}

/// The address stands where the window of a DL envelope is when the sheet is folded in three.
const STYLE: &str = "@page { size: A4; margin: 25mm 20mm }\n\
     body { font-family: Arial, sans-serif; line-height: 1.5 }\n\
     address { font-style: normal }\n\
     address.to { height: 45mm; padding-top: 20mm }\n\
     address.from { text-align: right }\n\
     p { page-break-inside: avoid }\n";

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", escaped(text))
}

fn lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("<br>\n")
}

/// Whatever people write is text.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::*;
    use crate::kinds::Content;
    use crate::kinds::samples::{opportunity_opened, voice};

    fn letter(name: &str, large: bool) -> String {
        let name = PersonName::new(name.to_owned()).unwrap();
        let address = PostalAddress::new("2 Low Road\nBristol\nBS1 1AA".to_owned()).unwrap();
        let writing = Content::OpportunityOpened(opportunity_opened()).writing(&voice());
        write(&writing, &name, &address, &voice(), date(2026, 12, 1), large)
    }

    #[test]
    fn it_is_addressed_dated_and_signed() {
        let letter = letter("Ana", false);
        for part in [
            "<title>Letter</title>",
            "Ana<br>\n2 Low Road<br>\nBristol<br>\nBS1 1AA</address>",
            "Involvement team<br>\n1 High Street<br>\nBristol</address>",
            "<p>1 December 2026</p>",
            "<p>Dear Ana,</p>",
            "<p>Involvement team</p>",
            "font-size: 12pt",
        ] {
            assert!(letter.contains(part), "{part} is missing:\n{letter}");
        }
    }

    #[test]
    fn large_print_is_sixteen_points() {
        assert!(letter("Ana", true).contains("font-size: 16pt"));
    }

    #[test]
    fn a_name_is_text_whatever_it_holds() {
        let letter = letter("<script>Ana</script> & Co", false);
        assert!(letter.contains("Dear &lt;script&gt;Ana&lt;/script&gt; &amp; Co,"));
        assert!(!letter.contains("<script>"));
    }
}
