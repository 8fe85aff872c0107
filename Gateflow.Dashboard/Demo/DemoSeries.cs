using Gateflow.Core.Catalog;

namespace Gateflow.Dashboard.Demo;

/// <summary>Who uses which model for what in the demo's made-up company, and how much.</summary>
internal sealed record DemoSeries
{
    /// <summary>Keys of the demo's month: id and name.</summary>
    public static readonly IReadOnlyList<(string Id, string Name)> Keys =
    [
        ("key_demo_storefront", "Storefront"), ("key_demo_mobile", "Mobile app"), ("key_demo_backoffice", "Back office"), ("key_demo_pipeline", "Build pipeline"),
    ];

    private const Capabilities Conversation = Capabilities.Chat | Capabilities.SystemRole | Capabilities.Temperature | Capabilities.Metadata;

    public static readonly IReadOnlyList<DemoSeries> All =
    [
        new() { Share = 30, Model = "gpt-4", Feature = "support-chat", Key = "key_demo_storefront", Always = Conversation, Streamed = 0.7, Tools = 0.25 },
        new()
        {
            Share = 9, Model = "gpt-4", Feature = "code-review", Key = "key_demo_pipeline", InputScale = 1.3, OutputScale = 1.2,
            Always = Capabilities.Chat | Capabilities.SystemRole | Capabilities.Temperature | Capabilities.MaxTokens | Capabilities.Seed,
        },
        new()
        {
            Share = 7, Model = "gpt-4", Feature = "summaries", Key = "key_demo_backoffice", InputScale = 1.5, OutputScale = 0.7,
            Always = Capabilities.Chat | Capabilities.SystemRole | Capabilities.MaxTokens | Capabilities.Stop,
        },
        new()
        {
            Share = 26, Model = "gpt-3.5-turbo", Feature = "search", Key = "key_demo_storefront", InputScale = 0.6, OutputScale = 0.4, Json = 0.6,
            Always = Capabilities.Chat | Capabilities.SystemRole | Capabilities.Temperature,
        },
        new()
        {
            Share = 6, Model = "gpt-3.5-turbo", Feature = "summaries", Key = "key_demo_backoffice", InputScale = 1.5, OutputScale = 0.7,
            Always = Capabilities.Chat | Capabilities.SystemRole | Capabilities.MaxTokens,
        },
        new() { Share = 12, Model = "claude-haiku-5-5", Feature = "support-chat", Key = "key_demo_mobile", Always = Conversation, Streamed = 0.9, Cached = 0.3 },
        new()
        {
            Share = 10, Model = "gpt-6-luna", Feature = "search", Key = "key_demo_mobile", InputScale = 0.6, OutputScale = 0.4, Json = 0.8, Cached = 0.4,
            Always = Capabilities.Chat | Capabilities.SystemRole,
        },
    ];

    /// <summary>Percent of all requests.</summary>
    public required int Share { get; init; }

    public required string Model { get; init; }

    public required string Feature { get; init; }

    public required string Key { get; init; }

    /// <summary>Input tokens, as a multiple of the trace's.</summary>
    public double InputScale { get; init; } = 1;

    /// <summary>Output tokens, as a multiple of the trace's.</summary>
    public double OutputScale { get; init; } = 1;

    /// <summary>What every request uses.</summary>
    public required Capabilities Always { get; init; }

    /// <summary>Share of requests that are streamed.</summary>
    public double Streamed { get; init; }

    /// <summary>Share of requests with tools.</summary>
    public double Tools { get; init; }

    /// <summary>Share of requests in JSON mode.</summary>
    public double Json { get; init; }

    /// <summary>Share of requests whose prompt was half in the provider's cache.</summary>
    public double Cached { get; init; }

    /// <summary>Milliseconds to the first token and for each token after it.</summary>
    public (double First, double Token) Pace => Model switch
    {
        "gpt-4" => (620, 34),
        "gpt-3.5-turbo" => (340, 13),
        _ => (280, 8),
    };

    /// <summary>Largest input + output, tokens.</summary>
    public int Window => Model == "gpt-4" ? 8_192 : 16_385;
}
