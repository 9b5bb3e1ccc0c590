//! Claimed, approved and authorised by three people, whoever has which accounts and roles at the moment
//! they act: by chance, from a seed that is printed. `SEED` asks for the same again, `CLAIMS` for more.

use contracts::recruitment::Fact;
use serde_json::{Value, json};
use testkit::{Answer, Person};
use uuid::Uuid;

use crate::bodies::{approved, claim_for, fare, payment, session};
use crate::world::{THE_DAY, World, world};

const CLAIMS_USUAL: u64 = 12;
const ACTS: u64 = 9;
const PEOPLE: usize = 4;
/// All that is ever said of it.
const CANNOT: &str = "This approver cannot take it.";

#[expect(clippy::disallowed_methods, reason = "who runs a test says here how long and what again")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Numbers by chance, the same from the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn someone(&mut self) -> usize {
        usize::try_from(self.below(u64::try_from(PEOPLE).unwrap())).unwrap()
    }
}

/// People with two accounts each, of which the second may turn out to be theirs at any moment.
struct Town<'a> {
    world: &'a World,
    dice: Dice,
    is_linked: [bool; PEOPLE],
}

/// Who has had which part in one claim, by who they are and not by how they sign in.
#[derive(Clone, Debug, Default)]
struct Hands {
    authors: Vec<usize>,
    approvers: Vec<usize>,
    authorisers: Vec<usize>,
}

impl Town<'_> {
    /// Signs someone in with these roles, by either account; the second once it is known as theirs.
    async fn signs_in(&mut self, who: usize, roles: &Value) -> Person {
        let (first, second) = (format!("person-{who}"), format!("person-{who}-at-work"));
        if self.dice.below(2) == 0 {
            return self.world.issuer.person(&first, roles);
        }
        let person = self.world.issuer.person(&second, roles);
        if !self.is_linked[who] {
            let theirs = self.world.issuer.person(&first, &json!([])).id;
            let account = person.id.uuid();
            self.world.told(&Fact::AccountLinked { person: theirs, account }).await;
            self.is_linked[who] = true;
        }
        person
    }

    fn known_as(&self, who: usize) -> Person {
        self.world.issuer.person(&format!("person-{who}"), &json!([]))
    }

    /// Somebody claims, for themselves or through somebody else.
    async fn claims(&mut self) -> (String, Hands) {
        let (claimant, helper) = (self.dice.someone(), self.dice.someone());
        let known = self.known_as(claimant);
        let activity = session(self.world.attended(&known, THE_DAY, 60).await);
        let body = claim_for(&activity, &[payment(), fare("bus", 320)]);
        let (answer, authors) = match self.dice.below(3) {
            1 if helper != claimant => {
                let typist = self.signs_in(helper, &coordinator()).await;
                let taken = Some("paper");
                let typed = self.world.give_for(&typist, &known, taken, "/v1/claims", body).await;
                (typed, vec![claimant, helper])
            }
            2 if helper != claimant => {
                let supporter = json!([{"role": "supporter", "person": known.id}]);
                let supporter = self.signs_in(helper, &supporter).await;
                let claimed =
                    self.world.give_for(&supporter, &known, None, "/v1/claims", body).await;
                (claimed, vec![claimant, helper])
            }
            _ => {
                let themselves = self.signs_in(claimant, &json!([])).await;
                (self.world.claims(&themselves, body).await, vec![claimant])
            }
        };
        (answer.expect(201).id(), Hands { authors, ..Hands::default() })
    }

    /// Somebody does something about a claim, with whatever roles they have today.
    async fn acts(&mut self, claim: &str, hands: &mut Hands) {
        let who = self.dice.someone();
        let world = self.world;
        let has = |list: &[usize]| list.contains(&who);
        match self.dice.below(5) {
            0 => {
                let approver = self.signs_in(who, &json!([{"role": "approver"}])).await;
                let question = json!({"lines": [2], "question": "Which way did you go?"});
                let answer = world.act(&approver, claim, "query", question).await;
                self.is_as_it_has_to_be(&answer, has(&hands.authors), hands);
            }
            1 => {
                let known = self.known_as(hands.authors[0]);
                let said = json!({"line": 2, "answer": {"kind": "explained", "note": "By bus."}});
                let path = format!("/v1/claims/{claim}/answer-query");
                if who == hands.authors[0] {
                    world.give(&known, &path, said).await;
                    return;
                }
                let typist = self.signs_in(who, &coordinator()).await;
                let answer = world.give_for(&typist, &known, Some("phone"), &path, said).await;
                if answer.status == 200 {
                    hands.authors.push(who);
                }
            }
            2 | 3 => {
                let role = if self.dice.below(4) == 0 { "budget_holder" } else { "approver" };
                let approver = self.signs_in(who, &json!([{"role": role}])).await;
                let line = u8::try_from(1 + self.dice.below(2)).unwrap();
                let answer = world.act(&approver, claim, "approve", approved(&[line])).await;
                if role == "budget_holder" {
                    assert_eq!(answer.status, 403, "{}", answer.text);
                    return;
                }
                let has_a_hand = has(&hands.authors) || has(&hands.authorisers);
                self.is_as_it_has_to_be(&answer, has_a_hand, hands);
                if answer.status == 200 {
                    hands.approvers.push(who);
                }
            }
            _ => {
                let role = if self.dice.below(2) == 0 { "budget_holder" } else { "approver" };
                let holder = self.signs_in(who, &json!([{"role": role}])).await;
                let code = json!({"cost_code": "INV-204"});
                let answer = world.act(&holder, claim, "authorise", code).await;
                let has_a_hand = has(&hands.authors) || has(&hands.approvers);
                self.is_as_it_has_to_be(&answer, has_a_hand, hands);
                if answer.status == 200 {
                    hands.authorisers.push(who);
                }
            }
        }
    }

    fn is_as_it_has_to_be(&self, answer: &Answer, has_a_hand: bool, hands: &Hands) {
        let is_told = answer.code() == "claim.cannot_take_it";
        assert_eq!(is_told, has_a_hand, "{hands:?}: {}", answer.text);
        if is_told {
            assert_eq!(answer.json["detail"], CANNOT);
            assert!(answer.json.get("reasons").is_none(), "nothing more: {}", answer.text);
            for who in 0..PEOPLE {
                assert!(!answer.text.contains(&self.known_as(who).id.to_string()));
            }
        }
        assert!([200, 409].contains(&answer.status), "{}", answer.text);
    }
}

fn coordinator() -> Value {
    json!([{"role": "coordinator", "localities": []}])
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "without its seed a run cannot be had again")]
async fn whoever_claims_approves_and_authorises_is_three_people_by_whatever_account() {
    let seed = number("SEED").unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1);
    let claims = number("CLAIMS").unwrap_or(CLAIMS_USUAL);
    println!("SEED={seed} CLAIMS={claims}");
    let world = world().await;
    let mut paid = 0;
    let mut town = Town { world: &world, dice: Dice(seed), is_linked: [false; PEOPLE] };
    for _ in 0..claims {
        let (claim, mut hands) = town.claims().await;
        for _ in 0..ACTS {
            town.acts(&claim, &mut hands).await;
        }
        // Whoever signed may still type an answer for the person: somebody else then decides on it.
        let Hands { authors, approvers, authorisers } = &hands;
        let claimant = authors[0];
        assert!(!approvers.contains(&claimant), "SEED={seed}: {hands:?}");
        assert!(!authorisers.contains(&claimant), "SEED={seed}: {hands:?}");
        let both = approvers.iter().find(|who| authorisers.contains(who));
        assert_eq!(both, None, "SEED={seed}: {hands:?}");
        paid += usize::from(!hands.authorisers.is_empty());
    }
    println!("{paid} of {claims} were authorised");
    assert_eq!(world.events("claim.authorised.v1").await.is_empty(), paid == 0);
}
