use typed_tests::folders::*;

fn main() {
    let _ = Document::new("42").view().check(&Folder::new("reports"));
}
