//! The read models, one screen or question a file.

pub mod account_link;
pub mod locality;
pub mod activity;
pub mod payee_name;
pub mod rate_card;
pub mod claim;
pub mod car_miles;
pub mod payee;
pub mod payable;
pub mod payment_batch;

use std::sync::Arc;

use eventstore::View;
use messaging::Subscriptions;
use messaging::inbox::Unlisted;

/// Those made from this service's own log.
pub fn all() -> Vec<Arc<dyn View>> {
    vec![
        Arc::new(rate_card::RateCards),
        Arc::new(claim::Claims),
        Arc::new(car_miles::CarMiles),
        Arc::new(payee::Payees),
        Arc::new(payable::Payable),
        Arc::new(payment_batch::PaymentBatches),
    ]
}

/// Those made from what others tell.
pub fn hear(subscriptions: &mut Subscriptions) -> Result<(), Unlisted> {
    subscriptions.view(account_link::AccountLinks)?;
    subscriptions.view(locality::Localities)?;
    subscriptions.view(activity::Activities)?;
    subscriptions.view(payee_name::PayeeNames)
}
