//! What leaves holds people's words as words: nothing in them begins a header, a second mail or a mark
//! of a page.

use contracts::id::ApplicationId;
use contracts::personal::PersonName;
use contracts::recruitment::Fact;
use uuid::Uuid;

use crate::mail_server::{MailServer, Mood};
use crate::world::{ADDRESS, ANA, PANEL, World, unfolded, world, world_mailing_by};

/// Each line of it would be something else elsewhere.
const WORDS: [&str; 12] = [
    "Bcc: everyone@trust.example",
    ".",
    "..",
    "MAIL FROM:<somebody@else.example>",
    "RCPT TO:<somebody@else.example>",
    "QUIT",
    "<script>alert(1)</script>",
    "<img src=\"http://else.example/x\" onerror='x'>",
    "=cmd|' /C calc'!A0",
    "{{7*7}} ${7*7} %s%n",
    "\u{202e}desrever",
    "&lt;b&gt;",
];

fn withdrawn(line_end: &str) -> Fact {
    Fact::ApplicationOpportunityWithdrawn {
        application: ApplicationId::new(Uuid::from_u128(0xa5)),
        person: ANA,
        opportunity: PANEL,
        title: "Panel\r\nBcc: everyone@trust.example\r\n\r\nFree money".to_owned(),
        reason: format!("{line_end}{}{line_end}", WORDS.join(line_end)),
        kept_in_reserve: false,
    }
}

async fn tells(world: &World, line_end: &str) -> String {
    world.told(&withdrawn(line_end)).await;
    world.the("opportunity_withdrawn").await["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_people_wrote_ends_no_mail_and_begins_none() {
    for line_end in ["\n", "\r\n", "\r"] {
        let server = MailServer::start(Mood::Willing).await;
        let world = world_mailing_by(&server).await;
        world.registered(world.by_email(ADDRESS).await).await;
        let id = tells(&world, line_end).await;
        assert_eq!(server.ledger().len(), 2, "the welcome and this");
        assert_eq!(server.ledger()[1], id);
        let verbs: Vec<String> = server
            .said()
            .iter()
            .map(|it| it.split([' ', ':']).next().unwrap().to_owned())
            .collect();
        assert_eq!(verbs, ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"].repeat(2), "{line_end:?}");
        let text = &server.texts()[1];
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let names: Vec<&str> = head
            .lines()
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap())
            .collect();
        let expected = [
            "Message-ID",
            "Date",
            "From",
            "To",
            "Subject",
            "Auto-Submitted",
            "Content-Type",
            "Content-Transfer-Encoding",
        ];
        assert!(names.iter().all(|it| expected.contains(it)), "{head}");
        assert!(head.contains("Subject: A letter from the involvement team"), "{head}");
        let read = read(head, body);
        for words in WORDS {
            let mut lines = read.split(['\r', '\n']);
            assert!(lines.any(|line| line.ends_with(words)), "{words} is missing:\n{read}");
        }
    }
}

/// A body as its reader sees it.
fn read(head: &str, body: &str) -> String {
    if !head.contains("quoted-printable") {
        assert!(!head.contains("base64"), "{head}");
        return body.to_owned();
    }
    let whole = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = whole.as_bytes();
    while let [first, others @ ..] = rest {
        rest = others;
        if *first == b'=' {
            let digits = std::str::from_utf8(&others[..2]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &others[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_mail_in_a_file_has_the_same_head_whatever_people_wrote() {
    let world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    let id = tells(&world, "\r\n").await;
    let mail = unfolded(&world.files()[&format!("{id}.eml")]);
    let (head, _) = mail.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("Bcc") && !head.contains("money"), "{head}");
    assert!(!head.contains('\0') && head.lines().count() < 14, "{head}");
}

#[tokio::test]
async fn on_a_printed_page_words_are_words_and_nothing_is_asked_for_from_anywhere() {
    let world = world().await;
    let name = PersonName::new("<b>Zacanary</b> & \"Quill\"".to_owned()).unwrap();
    let how_to_reach = world.by_letter().await;
    let name = world.vault.seal(ANA, &name).await.unwrap();
    world.told(&Fact::Registered { person: ANA, name, how_to_reach }).await;
    let id = tells(&world, "\n").await;
    let page = &world.files()[&format!("{id}.html")];
    for mark in ["<script", "<img", "<b>", "onerror='"] {
        assert!(!page.contains(mark), "{mark} stands in {page}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
    assert!(page.contains("Dear &lt;b&gt;Zacanary&lt;/b&gt; &amp; &quot;Quill&quot;,"), "{page}");
    assert!(page.contains("&amp;lt;b&amp;gt;"), "{page}");
}
