namespace Gateflow.Core.Access;

/// <summary>Encrypts what is kept of the customer's content. A seam: the host brings the keys.</summary>
public interface ISecretProtector
{
    /// <summary>Encrypts; the same plain bytes give other ones each time.</summary>
    byte[] Protect(ReadOnlySpan<byte> plain);

    /// <summary>Decrypts what <see cref="Protect"/> gave. Throws a <see cref="System.Security.Cryptography.CryptographicException"/> when the bytes or the keys are others.</summary>
    byte[] Unprotect(ReadOnlySpan<byte> secret);
}
