namespace Gateflow.Gateway.Relay;

/// <summary>Finds whole events in a buffer that grows, whatever frames them.</summary>
internal interface IFrameScanner
{
    /// <summary>Takes the next whole event; false when more bytes are needed.</summary>
    /// <exception cref="InvalidDataException">The bytes are no frames.</exception>
    bool TryNext(ReadOnlySpan<byte> buffer, out Frame frame);

    /// <summary>Adjusts to a buffer whose first bytes, all of whole events, were removed.</summary>
    void Removed(int count);
}

/// <summary>One event.</summary>
/// <param name="End">Offset behind it.</param>
/// <param name="Data">Where its data stands; may be empty.</param>
/// <param name="Name">Its name, where the framing tells one apart from the data.</param>
internal readonly record struct Frame(int End, Range Data, string? Name);

/// <summary>Server-sent events; their names repeat what the data says, so they are not told.</summary>
internal sealed class SseFrames : IFrameScanner
{
    private SseScanner _scanner;

    public bool TryNext(ReadOnlySpan<byte> buffer, out Frame frame)
    {
        var found = _scanner.TryNext(buffer, out var at, out var data);
        frame = found ? new Frame(at.End.Value, data, null) : default;
        return found;
    }

    public void Removed(int count) => _scanner.Removed(count);
}
