using System.Buffers;

namespace Gateflow.Gateway.Envelopes;

/// <summary>Bytes in an array of the shared pool that grows as needed. Not thread-safe; disposing returns the array.</summary>
internal sealed class PooledBody : IDisposable, IBufferWriter<byte>
{
    private byte[] _array;

    public PooledBody(int capacity) => _array = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _array.AsSpan(0, Length);

    /// <summary>Room for at least <paramref name="size"/> further bytes, behind those written.</summary>
    public Memory<byte> Free(int size)
    {
        if (_array.Length - Length < size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + size, _array.Length * 2));
            Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }

        return _array.AsMemory(Length);
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0) => Free(Math.Max(sizeHint, 1));

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Free(bytes.Length).Span);
        Length += bytes.Length;
    }

    /// <summary>Forgets the first <paramref name="count"/> bytes and moves the rest to the front.</summary>
    public void RemoveFront(int count)
    {
        _array.AsSpan(count, Length - count).CopyTo(_array);
        Length -= count;
    }

    /// <summary>Forgets everything from <paramref name="length"/> on.</summary>
    public void Truncate(int length) => Length = length;

    public void Clear() => Length = 0;

    public void Dispose()
    {
        var array = _array;
        (_array, Length) = ([], 0);
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
