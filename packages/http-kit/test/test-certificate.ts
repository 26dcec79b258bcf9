// A certificate that signs itself, for the name agent.test. For tests on the loopback only: its key is public.
const label = 'PRIVATE KEY'
const key = `-----BEGIN ${label}-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSXgVEPSTnu0wUkqT
teoHMEXsNnL9p/yml8t6bSDBdnmhRANCAATz+dZGJOfjbn2oO5qZPzpUUx0R8eca
3RPNa9uwIo5lE5y7TLpkT/To5f04oO8fBm2yEqHEVmieyM2bDpCvDi/G
-----END ${label}-----`

const cert = `-----BEGIN CERTIFICATE-----
MIIBmDCCAT6gAwIBAgIUbh6LQ3kA2u7i5he2q9mP0OaaWxowCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKYWdlbnQudGVzdDAgFw0yNjExMjEwMDA0NDJaGA8yMTI2MTAy
ODAwMDQ0MlowFTETMBEGA1UEAwwKYWdlbnQudGVzdDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABPP51kYk5+Nufag7mpk/OlRTHRHx5xrdE81r27AijmUTnLtMumRP
9Ojl/Tig7x8GbbISocRWaJ7IzZsOkK8OL8ajajBoMB0GA1UdDgQWBBTAzACwMTOg
ASaj4IZZ/Jbix7BkmTAfBgNVHSMEGDAWgBTAzACwMTOgASaj4IZZ/Jbix7BkmTAV
BgNVHREEDjAMggphZ2VudC50ZXN0MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0E
AwIDSAAwRQIhAKeR22m0LZgC6nWYnnuvWy34exDsoYtxCHatkoHY96qaAiAYqZr1
DKa9eiTlY0ua+x+cjhwMUM85TNYTmJafqZTPUw==
-----END CERTIFICATE-----`

/** Key and certificate (PEM) of a server that tests reach as agent.test. */
export const testCertificate = { key, cert }
