using System.Numerics;
using Gateflow.Gateway.Envelopes;

namespace Gateflow.Gateway.Shadow;

/// <summary>
/// The bytes of an answer as a provider sent them, kept in memory to be compared with another model's; none of one that is too long. The lane is asked for
/// room as they grow, and what it has none for is too long.
/// </summary>
internal sealed class AnswerRecording(ShadowLane lane) : IDisposable
{
    /// <summary>Longest answer that is kept, bytes: a stream of some 8,000 tokens, each in an event of its own.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    private const int Beginning = 2 * 1024;

    private int _room;

    /// <summary>What was kept.</summary>
    public PooledBody Bytes { get; } = new(0);

    /// <summary>False when the answer outgrew <see cref="MaxBytes"/> or the lane's room.</summary>
    public bool IsWhole { get; private set; } = true;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (!IsWhole)
        {
            return;
        }

        if (Bytes.Length + bytes.Length > _room && !TryGrow(Bytes.Length + bytes.Length))
        {
            IsWhole = false;
            Dispose();
            return;
        }

        Bytes.Append(bytes);
    }

    public void Dispose()
    {
        Bytes.Dispose();
        lane.Shrink(_room);
        _room = 0;
    }

    /// <summary>Doubles like the array, so that the lane is seldom asked.</summary>
    private bool TryGrow(int length)
    {
        var room = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, Beginning));
        if (length > MaxBytes || !lane.TryGrow(room - _room))
        {
            return false;
        }

        _room = room;
        return true;
    }
}
