"""Signed documents: a PDF with a PAdES signature (ETSI EN 319 142-1, baseline B-B, or B-T with a time stamp).

The key and its certificate are the installation's own, made at the first start, or those of $CERTIFICATE_SIGNER.
"""

import io
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko_certvalidator.registry import SimpleCertificateStore

from consortium.kernel import clock
from consortium.kernel.kept import kept_file

_ISSUER = "Paediatric consortium"
_FIELD = "Signature"
_DAYS = 3650
_DIGEST = "sha256"


def signed(pdf: bytes, *, reason: str) -> bytes:
    """`pdf` with the installation's signature; a later change breaks it. `reason` stands in the signature."""
    document = IncrementalPdfFileWriter(io.BytesIO(pdf))
    meta = signers.PdfSignatureMetadata(
        field_name=_FIELD, md_algorithm=_DIGEST, subfilter=fields.SigSeedSubFilter.PADES, reason=reason,
        name=_ISSUER, certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )  # fmt: skip
    signer = _signer(*_pem())
    stamper = timestamps.HTTPTimeStamper(settings.CERTIFICATE_TSA) if settings.CERTIFICATE_TSA else None
    made: io.BytesIO = signers.PdfSigner(meta, signer, timestamper=stamper).sign_pdf(document)
    return made.getvalue()


def signer_certificates() -> bytes:
    """The public part, as PEM: what somebody needs to check a signature."""
    found = x509.load_pem_x509_certificates(key_file().read_bytes())
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in found)


def key_file() -> Path:
    """Key and certificates: the installation's own are made by whoever comes first, those that are named are there."""
    path = Path(settings.CERTIFICATE_SIGNER)
    return kept_file(path, _new_key) if path == settings.CERTIFICATE_OWN else path


def _pem() -> tuple[bytes, str]:
    """What the file holds, with its name as the mark under which it is remembered."""
    path = key_file()
    return path.read_bytes(), str(path)


@lru_cache(1)
def _signer(pem: bytes, _name: str) -> signers.SimpleSigner:
    key = serialization.load_pem_private_key(pem, None)
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip
    own, *chain = [
        Certificate.load(one.public_bytes(serialization.Encoding.DER)) for one in x509.load_pem_x509_certificates(pem)
    ]
    store = SimpleCertificateStore.from_certs([own, *chain])  # type: ignore[no-untyped-call]
    return signers.SimpleSigner(signing_cert=own, signing_key=PrivateKeyInfo.load(plain), cert_registry=store)


def _new_key() -> bytes:
    """A P-256 key and a certificate that it signs itself, for ten years."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ISSUER),
        x509.NameAttribute(NameOID.COMMON_NAME, f"{_ISSUER}: certificates"),
    ])  # fmt: skip
    begins = clock.now() - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip
    return pem + made.public_bytes(serialization.Encoding.PEM)


def _usage() -> x509.KeyUsage:
    """Signatures that bind: what PAdES asks of a certificate."""
    no = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    return x509.KeyUsage(digital_signature=True, content_commitment=True, **no)
