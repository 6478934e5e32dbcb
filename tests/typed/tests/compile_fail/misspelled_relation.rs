use typed_tests::folders::*;

fn main() {
    let _ = Document::new("42").veiw().check(&User::new("ann"));
}
