"""Storage services, where the vault lies in a bucket."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import NOTHING_LOST, Words

BUCKETS: Final[dict[str, Words]] = {
    "unreachable/store": Words(
        "Storage service cannot be reached",
        "The storage service[ {host}] does not answer or closed the connection.",
        "Check the network and the endpoint's address, then try again. " + NOTHING_LOST,
    ),
    "unreachable/store-error": Words(
        "The storage service has failed",
        "The storage service[ {host}] says that something went wrong on its own side.",
        "Try again later; if it stays so, tell whoever runs it. " + NOTHING_LOST,
    ),
    "unknown-host/store": Words(
        "Unknown storage service",
        "No storage service of this name could be found[: {host}].",
        "Check the spelling of the endpoint and of the region, and that this computer is online.",
    ),
    "tls-unavailable/store": Words(
        "No secure connection to the storage service",
        "The storage service[ {host}] does not offer encryption that this computer knows.",
        "Check the endpoint's port. Use an address that begins with http: only within a network that you trust.",
    ),
    "throttled/store": Words(
        "The storage service asks to wait",
        "The storage service[ {host}] limits how much it takes for now.",
        "Nothing needs doing: work goes on by itself once the service allows it. " + NOTHING_LOST,
    ),
    "sign-in-needed/store": Words(
        "The storage service does not know these keys",
        "The storage service[ {host}] did not accept the access key or its secret key.",
        "Check both keys, and that they have not expired or been withdrawn.",
    ),
    "sign-in-needed/no-store-keys": Words(
        "Keys for the storage service are missing",
        "No keys for the storage service[ {host}] were found: not in the environment, an AWS profile or the keyring.",
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or enter the keys by hand.",
    ),
    "sign-in-needed/store-profile": Words(
        "The profile gives no keys",
        "The AWS profile[ {name}] did not give keys for the storage service[ {host}].",
        "Sign in to the profile anew (for example: aws sso login), then try again.",
    ),
    "denied/store": Words(
        "The storage service does not allow this",
        "The storage service[ {host}] knows these keys, but does not let them read[ {location}].",
        "Ask whoever runs it to allow listing the bucket, and reading and writing its objects.",
    ),
    "protocol-broken/store": Words(
        "The storage service's answer makes no sense",
        "The storage service[ {host}] answered something that the S3 protocol does not allow.",
        "Try again. If it stays so, validate the storage; it may not be fit for a vault. " + NOTHING_LOST,
    ),
    "vault-missing/bucket": Words(
        "There is no such bucket",
        "The storage service has no bucket of this name[: {location}].",
        "Check the spelling, the endpoint and the region; make the bucket first if it is to be new.",
    ),
    "vault-unwritable/store": Words(
        "The bucket cannot be written",
        "The storage service[ {host}] knows these keys, but does not let them write here[: {location}].",
        "Ask whoever runs it to allow writing and removing objects of this bucket. " + NOTHING_LOST,
    ),
    "vault-full/store": Words(
        "The bucket is full",
        "The storage service[ {host}] has no room left for this bucket or this account[: {location}].",
        "Have the quota raised, then run the job again: it goes on where it stopped. " + NOTHING_LOST,
    ),
    "misconfigured/store-lacks": Words(
        "The storage service cannot do this",
        "The storage service[ {host}] does not know an operation that is needed[: {name}].",
        "Validate the storage to see what it can do, or choose another service.",
    ),
    "misconfigured/no-object-lock": Words(
        "No object lock in this bucket",
        "Files were to be locked, but this bucket[, {name},] does not lock them.",
        "Make a bucket with object lock; most services allow it only when the bucket is made. Or do without the lock.",
    ),
    "misconfigured/object-lock-fails": Words(
        "The object lock does not hold",
        "Files were to be locked, but the storage failed the proof[: {name}]. No vault was made.",
        "Use a bucket with object lock on a service where validating the storage finds no fault.",
    ),
    "misconfigured/other-region": Words(
        "The bucket lies in another region",
        "The bucket[, {name},] is not in the region that was given[; it is in {region}].",
        "Give the bucket's own region.",
    ),
    "misconfigured/bad-bucket": Words(
        "Not a bucket's name",
        "This cannot be the name of a bucket[: {name}].",
        "Write it as s3://bucket or s3://bucket/folder, in small letters, digits, dots and hyphens.",
    ),
    "misconfigured/no-bucket": Words(
        "No bucket is named",
        "After s3:// comes the name of a bucket, and there is none[: {name}].",
        "Write it as s3://bucket or s3://bucket/folder.",
    ),
    "misconfigured/other-scheme": Words(
        "Neither a folder nor a bucket",
        "A vault lies in a folder or in a bucket of an S3 storage, and this is neither[: {name}]. Nothing was made.",
        "[Perhaps it is meant as {meant}. ]Name a folder, or write s3://bucket/folder, with an endpoint if the "
        "bucket is not Amazon's.",
    ),
    "misconfigured/bad-prefix": Words(
        "Not a folder's name",
        "This cannot be a folder in a bucket[: {name}].",
        "Use letters, digits, dots, hyphens and underscores, with single slashes between.",
    ),
    "misconfigured/bad-style": Words(
        "Unknown style",
        "Buckets are not addressed in this style[: {name}].",
        "Say path, virtual or auto.",
    ),
    "misconfigured/bad-endpoint": Words(
        "Not an endpoint",
        "The endpoint's address cannot be used.",
        "Write it as https://host or https://host:port, without user name or password.",
    ),
    "misconfigured/bad-ca-file": Words(
        "No certificates in this file",
        "The file that was named as authority cannot be read as certificates[: {name}].",
        "Name a file with one or more certificates in PEM form.",
    ),
    "misconfigured/bad-lock": Words(
        "Not an object lock",
        "An object lock cannot be kept as asked[: {name}].",
        "Choose governance or compliance, and from 1 to 36500 days.",
    ),
    "misconfigured/not-in-a-bucket": Words(
        "Only for a vault in a bucket",
        "What was asked for makes sense only where the vault lies in a bucket[: {name}].",
        "Give a location that begins with s3://, or leave this option out.",
    ),
    "misconfigured/no-profile": Words(
        "No such profile",
        "The AWS configuration files have no profile of this name[: {name}].",
        "Check the spelling, or make the profile (for example: aws configure).",
    ),
    "misconfigured/bad-profile": Words(
        "The AWS configuration cannot be read",
        "The AWS configuration files on this computer hold something that makes no sense.",
        "Correct them, or set the keys in the environment.",
    ),
    "misconfigured/no-region": Words(
        "The region is missing",
        "The storage service needs to know the bucket's region.",
        "Give the region that the bucket was made in.",
    ),
    "misconfigured/encryption-refused": Words(
        "The storage service refuses this encryption",
        "The server-side encryption that was asked for cannot be used[: {name}].",
        "Choose another one, or none: what is in the vault is encrypted before it leaves this computer.",
    ),
}
