namespace Gateflow.Gateway.Relay;

/// <summary>
/// Finds whole server-sent events in a buffer that grows. Lines may end with LF or CRLF; an event ends with an empty line.
/// Remembers how far it has looked, so that no byte is looked at twice.
/// </summary>
internal struct SseScanner
{
    private int _lineStart;
    private int _looked;
    private int _eventStart;
    private Range _data;
    private bool _hasData;

    /// <summary>
    /// Takes the next whole event off <paramref name="buffer"/>.
    /// </summary>
    /// <param name="buffer">Everything received and not yet forgotten.</param>
    /// <param name="found">Where the event stands, its empty line included.</param>
    /// <param name="data">The last data line's value; empty for comments and events without data.</param>
    public bool TryNext(ReadOnlySpan<byte> buffer, out Range found, out Range data)
    {
        while (true)
        {
            var at = buffer[_looked..].IndexOf((byte)'\n');
            if (at < 0)
            {
                _looked = buffer.Length;
                (found, data) = (default, default);
                return false;
            }

            var end = _looked + at;
            var next = end + 1;
            var line = buffer[_lineStart..end];
            if (line.EndsWith("\r"u8))
            {
                line = line[..^1];
            }

            var start = _lineStart;
            (_lineStart, _looked) = (next, next);
            if (line.IsEmpty)
            {
                (found, data) = (_eventStart..next, _hasData ? _data : next..next);
                (_eventStart, _hasData) = (next, false);
                return true;
            }

            if (line.StartsWith("data:"u8))
            {
                var value = start + 5;
                value += value < start + line.Length && buffer[value] == (byte)' ' ? 1 : 0;
                (_data, _hasData) = (value..(start + line.Length), true);
            }
        }
    }

    /// <summary>Adjusts to a buffer whose first <paramref name="count"/> bytes, all of whole events, were removed.</summary>
    public void Removed(int count)
    {
        _lineStart -= count;
        _looked -= count;
        _eventStart -= count;
        if (_hasData)
        {
            _data = (_data.Start.Value - count)..(_data.End.Value - count);
        }
    }
}
