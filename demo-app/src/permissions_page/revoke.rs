//! Revoking the tuples that were chosen in the list.

use super::{
    PermissionsPage,
    change::Change,
    input::{self, Fields},
    problem::Problem,
};
use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form},
};
use kratos_client::actix::ActiveIdentity;

/// Shows what revoking the chosen tuples changes.
pub(super) async fn preview(
    page: Data<PermissionsPage>,
    viewer: ActiveIdentity,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let fields = Fields(form.into_inner());
    let tuples = fields.all("tuple").map(input::tuple).collect::<Result<Vec<_>, _>>()?;
    let change = Change::new(tuples.into_iter().map(|tuple| (tuple, false)))?;
    page.preview(StatusCode::OK, &viewer, change, None).await
}
