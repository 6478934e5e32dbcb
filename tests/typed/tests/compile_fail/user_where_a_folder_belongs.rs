use typed_tests::folders::*;

fn main() {
    let _ = Document::new("42").folder().tuple(&User::new("ann"));
}
