using System.ClientModel.Primitives;

namespace Gateflow.Benchmarks.MainJob;

/// <summary>What Gateflow says of one answer in its headers.</summary>
internal sealed class AnswerHeaders
{
    public string? Model { get; private set; }

    public string? Migration { get; private set; }

    public string? Arm { get; private set; }

    public string? FallbackReason { get; private set; }

    public void Read(PipelineResponseHeaders headers)
    {
        Model = Get("x-gateflow-model");
        Migration = Get("x-gateflow-migration");
        Arm = Get("x-gateflow-arm");
        FallbackReason = Get("x-gateflow-fallback-reason");

        string? Get(string name) => headers.TryGetValue(name, out var value) ? value : null;
    }
}

/// <summary>Lets the caller of the official client see the headers of its own call, streamed or not.</summary>
internal sealed class HeaderWatch : PipelinePolicy
{
    private readonly AsyncLocal<AnswerHeaders?> _current = new();

    /// <summary>The headers of the next call in this flow of control land here.</summary>
    public AnswerHeaders Begin() => _current.Value = new AnswerHeaders();

    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        ProcessNext(message, pipeline, currentIndex);
        Read(message);
    }

    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        await ProcessNextAsync(message, pipeline, currentIndex);
        Read(message);
    }

    private void Read(PipelineMessage message)
    {
        if (message.Response is { } response)
        {
            _current.Value?.Read(response.Headers);
        }
    }
}
