using Gateflow.Core.Rollout;

namespace Gateflow.Gateway.Routing;

/// <summary>
/// Which conversations this node has answered with which model of late, so that <c>drain</c> can leave them there. A fixed table of 65,536 places
/// (1 MB) in rows of four: where a row is full, whoever was silent longest is forgotten and then moves like a new one. Lock-free; two requests that
/// write one place in the same moment may lose one of the two notes, never invent one.
/// </summary>
internal sealed class SourceConversations
{
    /// <summary>How long a conversation may be silent before it is idle.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    private const int Ways = 4;

    private readonly ulong[] _keys;
    private readonly long[] _seen;
    private readonly ulong _rows;

    public SourceConversations()
        : this(65_536)
    {
    }

    /// <param name="places">Conversations remembered at most; a multiple of four.</param>
    public SourceConversations(int places)
    {
        (_keys, _seen) = (new ulong[places], new long[places]);
        _rows = (ulong)places / Ways;
    }

    /// <summary>Notes that the model answers the conversation.</summary>
    public void Note(string model, ulong conversation, DateTimeOffset now)
    {
        var (key, row) = Place(model, conversation);
        var oldest = row;
        for (var i = row; i < row + Ways; i++)
        {
            if (_keys[i] == key)
            {
                Volatile.Write(ref _seen[i], now.UtcTicks);
                return;
            }

            oldest = _seen[i] < _seen[oldest] ? i : oldest;
        }

        _seen[oldest] = 0;
        Volatile.Write(ref _keys[oldest], key);
        Volatile.Write(ref _seen[oldest], now.UtcTicks);
    }

    /// <summary>True when the model answered the conversation within <see cref="Idle"/>.</summary>
    public bool Has(string model, ulong conversation, DateTimeOffset now)
    {
        var (key, row) = Place(model, conversation);
        for (var i = row; i < row + Ways; i++)
        {
            if (Volatile.Read(ref _keys[i]) == key)
            {
                return now.UtcTicks - Volatile.Read(ref _seen[i]) < Idle.Ticks;
            }
        }

        return false;
    }

    private (ulong Key, int Row) Place(string model, ulong conversation)
    {
        var key = StableHash.Combine(StableHash.Of(model), conversation) | 1; // 0 is an empty place
        return (key, (int)((key >> 8) % _rows) * Ways);
    }
}
