//! An authority of a test's own, and a certificate for this machine that it has signed.

use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::{Trouble, scratch};

/// Files in PEM form.
#[derive(Clone, Debug)]
pub struct Certificates {
    pub authority: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Certificates {
    /// New ones, in the scratch folder of this name.
    ///
    /// # Errors
    ///
    /// `Failed` where they cannot be made or written.
    pub fn new(name: &str) -> Result<Self, Trouble> {
        let folder = scratch(name)?;
        let failed = |error: rcgen::Error| Trouble::Failed(error.to_string());
        let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().map_err(failed)?;
        let authority = params.self_signed(&authority_key).map_err(failed)?;
        let issuer = Issuer::new(params, authority_key);
        let key = KeyPair::generate().map_err(failed)?;
        let params = CertificateParams::new(vec!["localhost".to_owned()]).map_err(failed)?;
        let certificate = params.signed_by(&key, &issuer).map_err(failed)?;
        let file = |name: &str| folder.join(name);
        let made =
            Self { authority: file("authority.pem"), certificate: file("certificate.pem"), key: file("key.pem") };
        std::fs::write(&made.authority, authority.pem())?;
        std::fs::write(&made.certificate, certificate.pem())?;
        std::fs::write(&made.key, key.serialize_pem())?;
        Ok(made)
    }
}
