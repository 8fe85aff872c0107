using System.Collections.Concurrent;

namespace Gateflow.Simulator.OpenAI;

/// <param name="LastUserText">Text of the last user message.</param>
/// <param name="Tokens">Of everything up to and with the answer.</param>
/// <param name="OpenCalls">Calls in the answer, which wait for their results.</param>
internal sealed record StoredResponse(string LastUserText, int Tokens, IReadOnlyList<string> OpenCalls);

/// <summary>Responses that may be continued by <c>previous_response_id</c>; the oldest leave beyond <see cref="Most"/>.</summary>
internal sealed class ResponseStore
{
    private const int Most = 1000;

    private readonly ConcurrentDictionary<string, StoredResponse> _responses = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    public StoredResponse? Find(string id) => _responses.GetValueOrDefault(id);

    public void Keep(string id, StoredResponse response)
    {
        _responses[id] = response;
        _order.Enqueue(id);
        while (_order.Count > Most && _order.TryDequeue(out var oldest))
        {
            _responses.TryRemove(oldest, out _);
        }
    }
}
