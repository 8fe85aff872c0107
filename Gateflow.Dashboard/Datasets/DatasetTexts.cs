using System.Security.Cryptography;
using System.Text;
using Gateflow.Core.Access;

namespace Gateflow.Dashboard.Datasets;

/// <summary>Decrypts what is stored; null also when the keys in the data folder are others than those that encrypted it.</summary>
internal sealed class DatasetTexts(ISecretProtector protector)
{
    public byte[]? Bytes(byte[]? secret)
    {
        try
        {
            return secret is null ? null : protector.Unprotect(secret);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public string? Text(byte[]? secret) => Bytes(secret) is { } plain ? Encoding.UTF8.GetString(plain) : null;
}
