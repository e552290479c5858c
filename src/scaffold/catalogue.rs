//! Which templates there are: the company's, in `templates/` beside `platform.toml`, and the built-in ones.

use std::path::{Path, PathBuf};

use super::template::Template;
use super::{builtin, folder};
use crate::config::nearest::nearest;
use crate::fault::{Attempt, Fault, Result};

/// The templates that can be named here.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The platform's folder of templates, where there is one.
    company: Option<PathBuf>,
}

impl Catalogue {
    /// The templates of a platform's folder and the built-in ones; a company's template hides the built-in one of its name.
    pub fn new(platform: Option<&Path>) -> Self {
        let company = platform.map(|folder| folder.join("templates"));
        Catalogue {
            company: company.filter(|folder| folder.is_dir()),
        }
    }

    /// Every template, by name.
    pub fn list(&self) -> Result<Vec<Template>> {
        let mut templates = Vec::new();
        for name in self.company_names()? {
            if let Some(company) = &self.company {
                templates.push(folder::load(&company.join(name))?);
            }
        }
        for template in &builtin::TEMPLATES {
            if templates.iter().all(|own| own.name != template.name) {
                templates.push(template.clone());
            }
        }
        templates.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(templates)
    }

    /// A template by its name, or by the path of its folder where `wanted` holds a `/`, relative to `directory`.
    pub fn find(&self, wanted: &str, directory: &Path) -> Result<Template> {
        if wanted.contains('/') || wanted == "." || wanted == ".." {
            return Self::at(&directory.join(wanted));
        }
        if let (Some(company), true) = (&self.company, self.company_names()?.iter().any(|name| name == wanted)) {
            return folder::load(&company.join(wanted));
        }
        match builtin::TEMPLATES.iter().find(|template| template.name == wanted) {
            Some(template) => Ok(template.clone()),
            None => Err(self.unknown(wanted)?),
        }
    }

    /// Names of all templates, for completion and messages.
    pub fn names(&self) -> Result<Vec<String>> {
        let mut names = self.company_names()?;
        names.extend(builtin::TEMPLATES.iter().map(|template| template.name.to_string()));
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn at(path: &Path) -> Result<Template> {
        let real = path.canonicalize().attempting("read the template", path);
        let real = real.map_err(|fault| fault.with_kind(crate::fault::Kind::Usage))?;
        match real.is_dir() {
            true => folder::load(&real),
            false => Err(Fault::usage(
                "not-a-folder",
                format!("cannot read the template `{}`: it is not a folder", path.display()),
            )),
        }
    }

    fn company_names(&self) -> Result<Vec<String>> {
        let Some(company) = &self.company else {
            return Ok(Vec::new());
        };
        let mut names = Vec::new();
        for entry in company.read_dir().attempting("list", company)? {
            let entry = entry.attempting("list", company)?;
            if let (Ok(name), true) = (entry.file_name().into_string(), entry.path().is_dir())
                && !name.starts_with('.')
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn unknown(&self, wanted: &str) -> Result<Fault> {
        let names = self.names()?;
        let fault = Fault::usage(
            "unknown-template",
            format!("there is no template `{}`", wanted.escape_debug()),
        )
        .details([format!("templates: {}", names.join(", "))]);
        Ok(match nearest(wanted, names.iter().map(String::as_str)) {
            Some(near) => fault.hint(format!("did you mean {near}?")),
            None => fault.hint("deliver template list"),
        })
    }
}
