using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Gateflow.Gateway.Forwarding;

/// <summary>A body written to the provider straight from the caller's buffer.</summary>
internal sealed class SplicedContent : HttpContent
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly ReadOnlyMemory<byte>[] _segments;
    private readonly long _length;

    public SplicedContent(ReadOnlyMemory<byte>[] segments)
    {
        _segments = segments;
        foreach (var segment in segments)
        {
            _length += segment.Length;
        }

        Headers.ContentType = Json;
    }

    /// <summary>True while the buffer is being read: it must not go back to the pool.</summary>
    public bool IsSending { get; private set; }

    /// <summary>SHA-256 of the whole body, lower-case hex, for providers that want it signed.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var segment in _segments)
        {
            hash.AppendData(segment.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        IsSending = true;
        try
        {
            foreach (var segment in _segments)
            {
                await stream.WriteAsync(segment, cancellationToken);
            }
        }
        finally
        {
            IsSending = false;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }
}
