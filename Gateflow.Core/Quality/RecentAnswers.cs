using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Quality;

/// <param name="KeyId">Who asked.</param>
public sealed record RatedAnswer(string KeyId, string? MigrationId, Arm Arm);

/// <summary>The latest answers of running migrations, for feedback that comes before they are stored, or of which no row was kept. Bounded, thread-safe.</summary>
public sealed class RecentAnswers
{
    private const int Most = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, RatedAnswer> _answers = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Remembers an answer that its arm's own model gave; the oldest is forgotten.</summary>
    public void Add(RequestRecord record)
    {
        var answer = new RatedAnswer(record.KeyId, record.MigrationId, record.Arm);
        lock (_gate)
        {
            if (_order.Count == Most)
            {
                _answers.Remove(_order.Dequeue());
            }

            _order.Enqueue(record.RequestId);
            _answers[record.RequestId] = answer;
        }
    }

    public RatedAnswer? Find(string requestId)
    {
        lock (_gate)
        {
            return _answers.GetValueOrDefault(requestId);
        }
    }
}
