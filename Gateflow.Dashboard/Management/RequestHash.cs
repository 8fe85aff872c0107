using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Gateflow.Dashboard.Management;

/// <summary>The hash of what a request says, query and body. A body that nobody has read yet is hashed while its reader takes it: files are never held.</summary>
internal sealed class RequestHash : IDisposable
{
    private readonly HttpRequest request;
    private readonly SHA256 sha = SHA256.Create();
    private readonly Stream original;
    private readonly CryptoStream? passing;
    private readonly byte[]? known;

    /// <param name="read">The body, where it was read already.</param>
    public RequestHash(HttpRequest request, Body? read)
    {
        this.request = request;
        original = request.Body;
        known = read?.Hash ?? (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } ? [] : null);
        if (known is null)
        {
            request.Body = passing = new CryptoStream(original, sha, CryptoStreamMode.Read, leaveOpen: true);
        }
    }

    /// <summary>The hash as far as it is known before the body has come.</summary>
    public byte[] Beginning => Of(known ?? []);

    /// <summary>The hash, of which the rest is read now.</summary>
    public async Task<byte[]> WholeAsync(CancellationToken cancellationToken)
    {
        if (passing is null)
        {
            return Beginning;
        }

        await passing.CopyToAsync(Stream.Null, cancellationToken);
        return Of(sha.Hash!);
    }

    public void Dispose()
    {
        request.Body = original;
        passing?.Dispose();
        sha.Dispose();
    }

    private byte[] Of(byte[] body) => SHA256.HashData([.. Encoding.UTF8.GetBytes(request.QueryString.Value ?? ""), 0, .. body]);
}
