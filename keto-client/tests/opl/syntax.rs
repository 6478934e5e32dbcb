//! The parser accepts the models that Keto accepts, and finds the first error at the same place.

use crate::{cases, mutation::mutate, random_model::random_model, rng};
use fastrand::Rng;
use keto_client::{
    KetoClient, OplSyntax,
    opl::{Model, SyntaxErrors},
};

/// Syntax that random models lack: other ways to write types, quotes, comments, and what Keto
/// accepts although TypeScript does not.
const MODELS: [&str; 5] = [
    "import { Namespace } from 'x';\nclass N0 implements Namespace {\n  related: { a: Array<N0 | \
     SubjectSet<N0, 'a'>>; b: (N0)[], c: SubjectSet<N0, \"a\">[], 'd.e': N0[] };\n}",
    "class N0 implements Namespace { related: { r0: N0[] } permits = {\n  'a.b': (ctx: Context): \
     boolean => this.related['r0'].traverse(x => x.permits['a.b'](ctx)), p0: (ctx) => \
     this.permits['a.b'](ctx) } }",
    "/* a */ class N0 implements Namespace { // b\n related: { /* c */ r0: N0[] /* d */ } permits = \
     { p0: (ctx) => /* e */ !this.related.r0.includes(ctx.subject) /* f */, /* g */ } /* h */ } // i",
    "class N0 implements Namespace { related: { r0: N0[] } permits = { p0: (ctx) => \
     this.related.r0.includes(ctx.subject) this.permits.p0(ctx) && || (this.permits.p0(ctx)) ||, p1: \
     (ctx) => !(), } }",
    "class N0 implements Namespace { permits = { a: (ctx) => (((((((!(this.permits.a(ctx))))))))) \
     } }",
];

fn source(rng: &mut Rng) -> String {
    if rng.u8(..4) == 0 {
        (*rng.choice(&MODELS).unwrap()).to_owned()
    } else {
        random_model(rng).to_string()
    }
}

#[test]
fn a_formatted_model_is_parsed_as_the_same_model() {
    let mut rng = rng();
    for _ in 0..2000 {
        let source = source(&mut rng);
        let source = if rng.bool() { mutate(&mut rng, &source) } else { source };
        let Ok(model) = Model::parse(&source) else { continue };
        let formatted = model.to_string();
        let parsed = Model::parse(&formatted).unwrap_or_else(|error| panic!("{source}\n{error}"));
        assert_eq!(parsed, model, "{source}\n{formatted}");
        assert_eq!(parsed.to_string(), formatted, "{source}");
        let json = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::from_str::<Model>(&json).unwrap(), model);
    }
}

#[test]
fn random_models_are_valid() {
    let mut rng = rng();
    for _ in 0..1000 {
        let model = random_model(&mut rng).to_string();
        Model::parse(&model).unwrap_or_else(|error| panic!("{error}"));
    }
    for model in MODELS {
        Model::parse(model).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keto_has_the_same_verdict_and_the_same_first_position() {
    let Some(url) = keto_client::env_vars("TEST_KETO_OPL_URL") else {
        eprintln!("skipped: TEST_KETO_OPL_URL is not set");
        return;
    };
    let keto = KetoClient::builder().opl_url(url).build().unwrap();
    let mut rng = rng();
    let (mut valid, mut invalid) = (0, 0);
    for _ in 0..cases(1000) {
        let source = source(&mut rng);
        let source = mutate(&mut rng, &source);
        let theirs = keto.check_opl_syntax(&source).await.unwrap();
        let ours = Model::parse(&source).err();
        let our_errors = ours.as_ref().map(SyntaxErrors::to_opl_errors).unwrap_or_default();
        let (first, ours_first) = (theirs.first(), our_errors.first());
        assert_eq!(
            first.map(|error| error.start),
            ours_first.map(|error| error.start),
            "{source}\n---\nKeto: {first:?}\nhere: {ours:?}"
        );
        *(if theirs.is_empty() { &mut valid } else { &mut invalid }) += 1;
    }
    eprintln!("compared {valid} valid and {invalid} invalid models");
}
