using Gateflow.Core.Access;
using Microsoft.AspNetCore.DataProtection;

namespace Gateflow.Dashboard.Access;

/// <summary>Encrypts what lies in the database, with keys that lie in the data folder.</summary>
/// <param name="purpose">What is encrypted: one purpose cannot read what another wrote.</param>
internal sealed class DataProtector(IDataProtectionProvider provider, string purpose) : ISecretProtector
{
    private readonly IDataProtector _protector = provider.CreateProtector(purpose);

    public byte[] Protect(ReadOnlySpan<byte> plain) => _protector.Protect(plain.ToArray());

    public byte[] Unprotect(ReadOnlySpan<byte> secret) => _protector.Unprotect(secret.ToArray());
}
