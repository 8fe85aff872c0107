namespace Gateflow.Core.UsageImports;

/// <summary>
/// Cuts a stream into records without holding more than one: a line, or for CSV several when a quoted field holds line breaks. A quote
/// that is never closed costs its own line only.
/// </summary>
internal sealed class ImportRecords(Stream stream, bool quoted, long offset, long line)
{
    /// <summary>Longest record, bytes.</summary>
    public const int MaxRecord = 1 << 20;

    private byte[] _buffer = new byte[1 << 18];
    private int _start;
    private int _end;
    private bool _ended;
    private int _from;
    private int _length;

    /// <summary>Bytes of the stream before the next record.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>Line of the file on which the current record begins; the first is 1.</summary>
    public long Line { get; private set; }

    /// <summary>Line after the current record.</summary>
    public long NextLine { get; private set; } = line;

    /// <summary>The bytes of the current record without its line end; empty when it is longer than <see cref="MaxRecord"/>.</summary>
    public ReadOnlySpan<byte> Record => _buffer.AsSpan(_from, _length);

    public bool TooLong { get; private set; }

    /// <summary>Moves to the next record; false at the end of the stream.</summary>
    public bool Read()
    {
        Line = NextLine;
        TooLong = false;
        var scanned = 0;
        var inQuotes = false;
        var lines = 0;
        var first = -1;
        while (true)
        {
            var bytes = _buffer.AsSpan(_start, _end - _start);
            while (scanned < bytes.Length)
            {
                var next = quoted ? bytes[scanned..].IndexOfAny((byte)'\n', (byte)'"') : bytes[scanned..].IndexOf((byte)'\n');
                if (next < 0)
                {
                    scanned = bytes.Length;
                    break;
                }

                scanned += next + 1;
                if (bytes[scanned - 1] == '"')
                {
                    inQuotes = !inQuotes;
                    continue;
                }

                lines++;
                first = first < 0 ? scanned : first;
                if (!inQuotes)
                {
                    return Take(scanned, lines);
                }
            }

            if (bytes.Length >= MaxRecord)
            {
                return first > 0 ? Take(first, 1) : Skip();
            }

            if (!Fill())
            {
                return bytes.Length > 0 && (inQuotes && first > 0 ? Take(first, 1) : Take(bytes.Length, lines + 1));
            }
        }
    }

    private bool Take(int length, int lines)
    {
        (_from, _length) = (_start, length);
        _start += length;
        Offset += length;
        NextLine += lines;
        while (_length > 0 && _buffer[_from + _length - 1] is (byte)'\n' or (byte)'\r')
        {
            _length--;
        }

        return true;
    }

    /// <summary>Leaves out the rest of a line that is too long.</summary>
    private bool Skip()
    {
        (_length, TooLong) = (0, true);
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            var length = end < 0 ? _end - _start : end + 1;
            _start += length;
            Offset += length;
            if (end >= 0 || !Fill())
            {
                NextLine++;
                return true;
            }
        }
    }

    private bool Fill()
    {
        if (_ended)
        {
            return false;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
        return read > 0;
    }
}
