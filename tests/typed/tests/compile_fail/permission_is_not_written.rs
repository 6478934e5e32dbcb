use typed_tests::folders::*;

fn main() {
    let _ = Document::new("42").view().tuple(&User::new("ann"));
}
