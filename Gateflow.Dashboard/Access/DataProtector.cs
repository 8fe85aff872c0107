using Gateflow.Core.Access;
using Microsoft.AspNetCore.DataProtection;

namespace Gateflow.Dashboard.Access;

/// <summary>Encrypts what lies in the database, with keys that lie in the data folder.</summary>
internal sealed class DataProtector(IDataProtectionProvider provider) : ISecretProtector
{
    private readonly IDataProtector _protector = provider.CreateProtector("Gateflow.Samples");

    public byte[] Protect(ReadOnlySpan<byte> plain) => _protector.Protect(plain.ToArray());

    public byte[] Unprotect(ReadOnlySpan<byte> secret) => _protector.Unprotect(secret.ToArray());
}
