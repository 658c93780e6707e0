//! The page that shows the contract: it is served and asks nobody else. And what is foreign, here and in the console, is what its README says.

use sha2::{Digest as _, Sha256};

use crate::requests;

#[tokio::test]
async fn the_page_and_its_files_are_served_under_a_policy_of_their_own_origin() {
    let stand = requests::empty().await;
    let get = async |path: &str| {
        let answer = reqwest::get(format!("{}{path}", stand.url)).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("http"), "{policy}");
        answer.text().await.unwrap()
    };
    let page = get("/docs").await;
    let mut files = 0;
    for part in page.split(['"', '\'']).filter(|part| part.starts_with("/docs/")) {
        assert!(!get(part).await.is_empty());
        files += 1;
    }
    assert_eq!(files, 3);
    assert!(!page.contains("://"), "the page asks somebody else");
    let missing = reqwest::get(format!("{}/docs/missing.js", stand.url)).await.unwrap();
    assert_eq!(missing.status(), 404);
    stand.stop().await.unwrap();
}

#[test]
fn the_foreign_files_are_unchanged() {
    for (readme, files) in [
        ("../local/viewer/README.md", "../local/viewer/swagger-ui"),
        (
            "../../functions/fix-error/console/oauth4webapi/README.md",
            "../../functions/fix-error/console/oauth4webapi",
        ),
    ] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let readme = std::fs::read_to_string(folder.join(readme)).unwrap();
        let mut count = 0;
        for file in std::fs::read_dir(folder.join(files)).unwrap() {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            if name == "README.md" {
                continue;
            }
            let content = std::fs::read(file.path()).unwrap();
            let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(content));
            let row = format!("| `{name}` | `{digest}` |");
            assert!(readme.contains(&row), "{row}");
            count += 1;
        }
        assert_eq!(readme.matches(" | `").count(), count, "{files}");
    }
}
