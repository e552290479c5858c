//! Images that `deliver` built on an engine and that no kept release needs any more.

use std::collections::{BTreeSet, HashMap};

use bollard::errors::Error;
use bollard::models::ImageSummary;
use bollard::query_parameters::{ListContainersOptions, ListImagesOptions, RemoveImageOptions};

use super::image::{Images, kept_name};
use super::{BUILD, SERVICE};
use crate::fault::Result;
use crate::model::ServiceName;
use crate::model::release::BuildId;

impl Images<'_> {
    /// Takes our names from images of these builds, whereupon the engine removes those that have no other. An image of which
    /// there is any container stays as it is. Gives how many lost their names.
    pub fn discard(&self, service: &ServiceName, builds: &BTreeSet<BuildId>) -> Result<u32> {
        let filters = HashMap::from([("label".to_owned(), vec![format!("{SERVICE}={service}")])]);
        let options = ListImagesOptions {
            filters: Some(filters),
            ..ListImagesOptions::default()
        };
        let images = self.engine.call("list images", |docker| async move {
            docker.list_images(Some(options)).await
        })?;
        let mut gone = 0;
        for image in &images {
            let names = ours(image, service, builds);
            if names.is_empty() || self.used(&image.id)? {
                continue;
            }
            for name in &names {
                self.unname(name)?;
            }
            gone += 1;
        }
        Ok(gone)
    }

    /// Whether there is a container of it, be it one that has ended.
    fn used(&self, id: &str) -> Result<bool> {
        let options = ListContainersOptions {
            all: true,
            limit: Some(1),
            filters: Some(HashMap::from([("ancestor".to_owned(), vec![id.to_owned()])])),
            ..ListContainersOptions::default()
        };
        let containers = self.engine.call("list containers", |docker| async move {
            docker.list_containers(Some(options)).await
        })?;
        Ok(!containers.is_empty())
    }

    /// One that somebody was faster with, or that is in use after all, is left.
    fn unname(&self, name: &str) -> Result<()> {
        let wanted = name.to_owned();
        self.engine
            .call(&format!("remove the image `{name}`"), |docker| async move {
                match docker.remove_image(&wanted, None::<RemoveImageOptions>, None).await {
                    Err(Error::DockerResponseServerError {
                        status_code: 404 | 409, ..
                    }) => Ok(()),
                    removed => removed.map(drop),
                }
            })
    }
}

/// The names that we gave to an image of one of these builds. What people named is theirs; the names by which a rollback
/// looks for what it can run go last.
fn ours(image: &ImageSummary, service: &ServiceName, builds: &BTreeSet<BuildId>) -> Vec<String> {
    let label = |name| image.labels.get(name).map(String::as_str);
    let Some(build) = label(BUILD).and_then(|label| builds.iter().find(|build| build.0 == label)) else {
        return Vec::new();
    };
    if label(SERVICE) != Some(service.as_str()) {
        return Vec::new();
    }
    let kept = kept_name(service);
    let mut names: Vec<String> = image
        .repo_tags
        .iter()
        .filter(|tag| {
            let Some((name, version)) = tag.rsplit_once(':') else {
                return false;
            };
            let content = version
                .strip_prefix(build.0.as_str())
                .is_some_and(|hash| hash.starts_with('-'));
            let of_service = name.rsplit('/').next() == Some(service.as_str());
            name == kept || of_service && content
        })
        .cloned()
        .collect();
    names.sort_by_key(|name| name.starts_with(&format!("{kept}:v")));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(service: &str, build: &str, tags: &[&str]) -> ImageSummary {
        ImageSummary {
            labels: HashMap::from([
                (SERVICE.to_owned(), service.to_owned()),
                (BUILD.to_owned(), build.to_owned()),
            ]),
            repo_tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            ..ImageSummary::default()
        }
    }

    #[test]
    fn only_our_names_of_these_builds_go() {
        let service: ServiceName = "pricing".parse().expect("a name");
        let builds = BTreeSet::from([BuildId("b-1".into()), BuildId("b-2".into())]);
        let names = |image: &ImageSummary| ours(image, &service, &builds);
        let tags = [
            "deliver/pricing:v3",
            "deliver/pricing:b-1-0a1b2c3d",
            "r.example:5000/shop/pricing:b-1-0a1b2c3d",
            "r.example:5000/shop/pricing:stable",
            "r.example:5000/shop/pricing:b-12-0a1b2c3d",
            "r.example:5000/shop/other:b-1-0a1b2c3d",
            "mine:1",
        ];
        assert_eq!(
            names(&image("pricing", "b-1", &tags)),
            [
                "deliver/pricing:b-1-0a1b2c3d",
                "r.example:5000/shop/pricing:b-1-0a1b2c3d",
                "deliver/pricing:v3"
            ]
        );
        assert!(names(&image("pricing", "b-3", &tags)).is_empty(), "it is needed");
        assert!(
            names(&image("other", "b-1", &tags)).is_empty(),
            "it is another service's"
        );
        assert!(
            names(&ImageSummary {
                repo_tags: vec!["deliver/pricing:v3".into()],
                ..ImageSummary::default()
            })
            .is_empty(),
            "it was not built here"
        );
    }
}
