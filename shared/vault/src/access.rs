//! Which service may open which class: the one place that says so. A service that is not listed may
//! open nothing.

use contracts::Class;

/// Every service with a right to keys, and the classes it may seal and open. Bank details are the
/// reimbursements service's alone; the gateway, and whoever is not named, has no key.
pub const ACCESS: [(&str, &[Class]); 4] = [
    (
        "recruitment",
        &[Class::Contact, Class::Application, Class::Needs, Class::Equality, Class::FormerIdentity],
    ),
    ("notifications", &[Class::Contact, Class::Needs]),
    ("reimbursements", &[Class::Contact, Class::Money]),
    ("audit", &[Class::Contact]),
];

/// The classes a service may seal and open; none for a name that is not listed.
pub fn classes_of(service: &str) -> &'static [Class] {
    ACCESS.iter().find(|(name, _)| *name == service).map_or(&[], |(_, classes)| classes)
}

#[cfg(test)]
mod tests {
    use contracts::Class;

    use super::{ACCESS, classes_of};

    #[test]
    fn bank_details_are_for_one_service_alone() {
        let with_money: Vec<_> =
            ACCESS.iter().filter(|(_, classes)| classes.contains(&Class::Money)).collect();
        assert_eq!(with_money.len(), 1);
        assert!(classes_of("reimbursements").contains(&Class::Money));
    }

    #[test]
    fn equality_answers_former_names_and_applications_stay_in_recruitment() {
        for class in [Class::Equality, Class::FormerIdentity, Class::Application] {
            for (service, classes) in ACCESS {
                assert_eq!(classes.contains(&class), service == "recruitment", "{service}");
            }
        }
    }

    #[test]
    fn a_service_that_is_not_listed_has_no_class() {
        for service in ["gateway", "opportunities", "", "Recruitment"] {
            assert!(classes_of(service).is_empty(), "{service}");
        }
    }
}
