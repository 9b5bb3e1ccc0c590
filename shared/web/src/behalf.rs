//! Acting for another person: what staff type in that came by paper, phone or in person, and what a
//! supporter does for the one they support. The headers say it; the access rule allows it or not.

use std::str::FromStr;

use contracts::PersonId;
use eventstore::Taken;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};

use crate::access::OnBehalf;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::role::Role;

/// For whom something is done.
pub(crate) const ON_BEHALF_OF: &str = "involvement-on-behalf-of";
/// When the person gave it to us.
pub(crate) const RECEIVED_AT: &str = "involvement-received-at";
/// How it came.
pub(crate) const TAKEN: &str = "involvement-taken";

/// How long ago something may have come that is typed in now.
const RECEIVED_AGO_MAX: SignedDuration = SignedDuration::from_hours(60 * 24);

/// What the headers ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    person: PersonId,
    received_at: Option<Timestamp>,
    taken: Option<Taken>,
}

/// A right to act for a person, as it is used now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behalf {
    /// For whom.
    pub person: PersonId,
    /// The roles that give the right: staff roles, or supporter. At least one.
    pub roles: Vec<Role>,
    /// When the person gave it to us, where that was earlier.
    pub received_at: Option<Timestamp>,
    /// How it came to us.
    pub taken: Taken,
}

/// What the headers ask for, if they ask for anything.
pub(crate) fn asked(headers: &HeaderMap) -> Result<Option<Asked>, Problem> {
    let person = one::<PersonId>(headers, ON_BEHALF_OF, "Involvement-On-Behalf-Of takes one id.")?;
    let received_at = one::<Timestamp>(
        headers,
        RECEIVED_AT,
        "Involvement-Received-At takes one instant, such as 2026-11-20T09:30:00Z.",
    )?;
    let taken =
        one::<Typed>(headers, TAKEN, "Involvement-Taken takes one of paper, phone and in_person.")?;
    match person {
        Some(person) => {
            Ok(Some(Asked { person, received_at, taken: taken.map(|Typed(taken)| taken) }))
        }
        None if received_at.is_some() || taken.is_some() => Err(Problem::header(
            "Involvement-Received-At and Involvement-Taken go together with \
             Involvement-On-Behalf-Of.",
        )),
        None => Ok(None),
    }
}

/// A header that may come once, and then has to be readable.
pub(crate) fn one<T: FromStr>(
    headers: &HeaderMap,
    name: &str,
    how: &'static str,
) -> Result<Option<T>, Problem> {
    let mut given = headers.get_all(name).iter();
    let Some(value) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(Problem::header(how));
    }
    let text = value.to_str().map_err(|_| Problem::header(how))?;
    text.trim().parse().map(Some).map_err(|_| Problem::header(how))
}

struct Typed(Taken);

impl FromStr for Typed {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "paper" => Ok(Self(Taken::Paper)),
            "phone" => Ok(Self(Taken::Phone)),
            "in_person" => Ok(Self(Taken::InPerson)),
            _ => Err(()),
        }
    }
}

impl Behalf {
    /// Whether the caller may act for the person on a route with this rule. Staff say how it came
    /// to them; a supporter acts here and now.
    pub(crate) fn of(asked: Asked, caller: &Caller, rule: OnBehalf) -> Result<Self, Problem> {
        let Asked { person, received_at, taken } = asked;
        let (staff_may, supporter_may) = match rule {
            OnBehalf::Never => (false, false),
            OnBehalf::Staff => (true, false),
            OnBehalf::StaffOrSupporter => (true, true),
        };
        if person == caller.person {
            return Err(Problem::header(
                "Leave Involvement-On-Behalf-Of out when you act for yourself.",
            ));
        }
        let staff: Vec<Role> =
            Role::STAFF.into_iter().filter(|role| staff_may && caller.has(*role)).collect();
        let supports = supporter_may && caller.supports(person);
        match taken {
            Some(taken) if !staff.is_empty() => {
                Ok(Self { person, roles: staff, received_at, taken })
            }
            None if supports && received_at.is_none() => Ok(Self {
                person,
                roles: vec![Role::Supporter],
                received_at: None,
                taken: Taken::Online,
            }),
            None if !staff.is_empty() => Err(Problem::header(
                "Say with Involvement-Taken how this came: paper, phone or in_person.",
            )),
            Some(_) | None if supports => Err(Problem::header(
                "Leave Involvement-Taken and Involvement-Received-At out when you act as someone's \
                 supporter.",
            )),
            Some(_) | None => Err(Problem::forbidden()),
        }
    }

    /// When the person gave it to us. Not later than now, and not so long ago that it cannot be
    /// meant.
    pub(crate) fn received_at(&self, now: Timestamp) -> Result<Timestamp, Problem> {
        let received_at = self.received_at.unwrap_or(now);
        if received_at > now {
            return Err(Problem::header("Involvement-Received-At lies in the future."));
        }
        if now.duration_since(received_at) > RECEIVED_AGO_MAX {
            return Err(Problem::header("Involvement-Received-At lies more than 60 days back."));
        }
        Ok(received_at)
    }
}

#[cfg(test)]
mod tests {
    use super::{Behalf, asked};
    use crate::access::OnBehalf;
    use crate::caller::{Caller, Grant};
    use crate::role::Role;
    use contracts::PersonId;
    use eventstore::Taken;
    use http::HeaderMap;
    use jiff::Timestamp;
    use uuid::Uuid;

    const ANA: PersonId = PersonId::new(Uuid::from_u128(1));
    const NOW: Timestamp = Timestamp::constant(1_795_000_000, 0);

    fn caller(role: Role, person: Option<PersonId>) -> Caller {
        let me = Uuid::from_u128(99);
        let grants = [Grant { role, localities: Vec::new(), person }].into();
        Caller { account: me, person: PersonId::new(me), grants }
    }

    fn headers(given: &[(&'static str, &str)]) -> HeaderMap {
        given.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn behalf(
        caller: &Caller,
        rule: OnBehalf,
        more: &[(&'static str, &str)],
    ) -> Result<Behalf, u16> {
        let ana = ANA.to_string();
        let mut given = vec![("involvement-on-behalf-of", ana.as_str())];
        given.extend_from_slice(more);
        let asked = asked(&headers(&given)).map_err(|problem| problem.body().status)?;
        Behalf::of(asked.unwrap(), caller, rule).map_err(|problem| problem.body().status)
    }

    const BY_PHONE: [(&str, &str); 1] = [("involvement-taken", "phone")];

    #[test]
    fn staff_act_for_a_person_and_say_how_it_came() {
        let staff = caller(Role::Coordinator, None);
        let acting = behalf(&staff, OnBehalf::Staff, &BY_PHONE).unwrap();
        assert_eq!((acting.person, acting.taken), (ANA, Taken::Phone));
        assert_eq!(acting.roles, [Role::Coordinator]);
        assert_eq!(behalf(&staff, OnBehalf::Staff, &[]), Err(400));
        assert_eq!(behalf(&staff, OnBehalf::Never, &BY_PHONE), Err(403));
    }

    #[test]
    fn a_supporter_acts_for_the_one_they_support_and_for_nobody_else() {
        let hers = caller(Role::Supporter, Some(ANA));
        let acting = behalf(&hers, OnBehalf::StaffOrSupporter, &[]).unwrap();
        assert_eq!((acting.roles, acting.taken), (vec![Role::Supporter], Taken::Online));
        assert_eq!(behalf(&hers, OnBehalf::Staff, &[]), Err(403));
        assert_eq!(behalf(&hers, OnBehalf::StaffOrSupporter, &BY_PHONE), Err(400));
        let other = caller(Role::Supporter, Some(PersonId::new(Uuid::from_u128(2))));
        assert_eq!(behalf(&other, OnBehalf::StaffOrSupporter, &[]), Err(403));
    }

    #[test]
    fn no_other_role_acts_for_anybody() {
        for role in Role::ALL {
            if !Role::STAFF.contains(&role) {
                let acting = behalf(&caller(role, None), OnBehalf::StaffOrSupporter, &BY_PHONE);
                assert_eq!(acting, Err(403), "{role:?}");
            }
        }
    }

    #[test]
    fn nobody_acts_on_behalf_of_themselves() {
        let mut me = caller(Role::Coordinator, None);
        me.person = ANA;
        assert_eq!(behalf(&me, OnBehalf::Staff, &BY_PHONE), Err(400));
    }

    #[test]
    fn what_came_in_the_future_or_long_ago_cannot_be_meant() {
        let staff = caller(Role::EngagementLead, None);
        let received = |at: &str| {
            let more = [BY_PHONE[0], ("involvement-received-at", at)];
            let acting = behalf(&staff, OnBehalf::Staff, &more)?;
            acting.received_at(NOW).map_err(|problem| problem.body().status)
        };
        let minutes = |minutes| NOW - jiff::SignedDuration::from_mins(minutes);
        assert_eq!(received(&minutes(0).to_string()), Ok(NOW));
        assert_eq!(received(&minutes(60 * 24 * 60).to_string()), Ok(minutes(60 * 24 * 60)));
        assert_eq!(received(&minutes(60 * 24 * 60 + 1).to_string()), Err(400));
        assert_eq!(received(&minutes(-1).to_string()), Err(400));
        assert_eq!(received("yesterday"), Err(400));
    }

    #[test]
    fn how_it_came_is_nothing_without_for_whom() {
        assert_eq!(asked(&headers(&BY_PHONE)).unwrap_err().body().status, 400);
        assert_eq!(asked(&headers(&[])).unwrap(), None);
        let twice = [("involvement-on-behalf-of", "1"), ("involvement-on-behalf-of", "2")];
        let mut both = HeaderMap::new();
        for (name, value) in twice {
            both.append(name, value.parse().unwrap());
        }
        assert_eq!(asked(&both).unwrap_err().body().status, 400);
    }
}
