using System.Collections.ObjectModel;
using System.Text.Json.Serialization;

namespace Gateflow.Core.Catalog;

/// <summary>
/// What is known of one model at one provider. Prices are list prices in USD per million tokens (base tier); null is unknown,
/// never 0. Windows and caps are tokens; null is unknown. A date belongs to the pair of provider and model.
/// </summary>
public sealed record CatalogModel
{
    /// <summary>Days before the retirement from which a model counts as retiring: the first warning of providers and of this product.</summary>
    public const int RetiringDays = 90;

    /// <summary>Facts of which a missing one proves nothing: the sources list them incompletely.</summary>
    private const Capabilities SeldomStated =
        Capabilities.ParallelTools | Capabilities.FileInput | Capabilities.PromptCaching | Capabilities.ReasoningEffort;

    /// <summary>Everything that the catalog states of models; the other flags are parameters, which rules cover.</summary>
    private const Capabilities Stated =
        Capabilities.Chat | Capabilities.Completions | Capabilities.Embeddings | Capabilities.Streaming | Capabilities.FunctionCalling
        | Capabilities.Vision | Capabilities.AudioInput | Capabilities.AudioOutput | Capabilities.JsonMode | Capabilities.JsonSchema | SeldomStated;

    /// <summary>The catalog's name of the provider: openai, anthropic, google, azure-openai, amazon-bedrock …</summary>
    public required string Provider { get; init; }

    public required string Id { get; init; }

    /// <summary>Other ids of the same thing, dated snapshots among them.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    public string DisplayName { get; init; } = "";

    public string Family { get; init; } = "";

    public ModelMode Mode { get; init; }

    /// <summary>Input + output tokens that one request may hold.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>Most input tokens, where the provider states less than the window.</summary>
    public int? MaxInputTokens { get; init; }

    public int? MaxOutputTokens { get; init; }

    public decimal? InputPrice { get; init; }

    public decimal? CachedInputPrice { get; init; }

    public decimal? OutputPrice { get; init; }

    /// <summary>Dearer prices for long prompts; null when the price is flat or no tier is known.</summary>
    public LongPromptSurcharge? Surcharge { get; init; }

    /// <summary>
    /// Tokens that this model counts for a text for which most models count one. An estimate: 1.3 for Claude 4.7 and later
    /// (Anthropic's migration guides: "about 30 % more tokens"), 1 where nothing is published.
    /// </summary>
    public double TokenFactor { get; init; } = 1;

    public Capabilities Capabilities { get; init; }

    /// <summary>False when the sources were too thin for a missing capability to mean that there is none.</summary>
    public bool CapabilitiesComplete { get; init; }

    public DateOnly? Released { get; init; }

    /// <summary>The day of the announcement.</summary>
    public DateOnly? DeprecatedOn { get; init; }

    /// <summary>The day on which it stops being served.</summary>
    public DateOnly? RetiresOn { get; init; }

    /// <summary>True when the provider prints <see cref="RetiresOn"/> as the earliest possible day.</summary>
    public bool RetiresOnIsEarliest { get; init; }

    /// <summary>Promised not to retire before this day.</summary>
    public DateOnly? NotRetiredBefore { get; init; }

    /// <summary>Ids at the same provider that the provider itself names, best first.</summary>
    public IReadOnlyList<string> Replacements { get; init; } = [];

    /// <summary>Where the dates come from; empty for a model that the catalog does not carry.</summary>
    public string Source { get; init; } = "";

    public string Notes { get; init; } = "";

    /// <summary>True when the dates are made up for the demo, relative to today.</summary>
    public bool DatesAreDemo { get; init; }

    /// <summary>What to show beside facts that were replaced ("Demo date"); null when nothing was.</summary>
    public string? OverrideLabel { get; init; }

    /// <summary>Prices by the day from which they hold, in order of time; empty when the price above has always held.</summary>
    [JsonIgnore]
    public IReadOnlyList<PricePeriod> Prices { get; init; } = [];

    /// <summary>The sources of facts that differ from what ships with the product, by the fact's wire name.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, FactSource> Sources { get; init; } = ReadOnlyDictionary<string, FactSource>.Empty;

    /// <summary>True for a model that does not ship with the product: a person, a file or a provider named it.</summary>
    public bool IsOwn { get; init; }

    /// <summary>The longest prompt: the input limit where one is stated, else the window.</summary>
    public int? UsableContext => MaxInputTokens ?? ContextWindow;

    /// <summary>A served model of which nothing is known.</summary>
    public static CatalogModel Unknown(string provider, string id) => new() { Provider = provider, Id = id, DisplayName = id };

    /// <summary>True or false when the catalog knows it of this one flag, null when it does not.</summary>
    public bool? Supports(Capabilities flag)
    {
        if ((Capabilities & flag) == flag)
        {
            return true;
        }

        return CapabilitiesComplete && (flag & Stated & ~SeldomStated) == flag ? false : null;
    }

    public LifecycleStatus StatusOn(DateOnly today) => RetiresOn switch
    {
        { } date when date <= today => LifecycleStatus.Retired,
        { } date when date <= today.AddDays(RetiringDays) => LifecycleStatus.Retiring,
        { } => LifecycleStatus.Deprecated,
        null => DeprecatedOn is { } announced && announced <= today ? LifecycleStatus.Deprecated : LifecycleStatus.Active,
    };

    /// <summary>Days until it stops being served; negative afterwards, null without a date.</summary>
    public int? DaysRemaining(DateOnly today) => RetiresOn?.DayNumber - today.DayNumber;

    /// <summary>
    /// What one request costs, USD, long-prompt surcharge included. Cached tokens are part of <paramref name="inputTokens"/>; without a price of
    /// their own they cost as much as others. Null when a price that is needed is unknown.
    /// </summary>
    public decimal? Cost(long inputTokens, long cachedTokens, long outputTokens)
    {
        var dear = Surcharge is { } surcharge && inputTokens > surcharge.AboveInputTokens;
        return Price(inputTokens, cachedTokens, outputTokens, dear ? Surcharge!.InputFactor : 1m, dear ? Surcharge!.OutputFactor : 1m);
    }

    /// <summary>The same at the prices of a day.</summary>
    public decimal? Cost(long inputTokens, long cachedTokens, long outputTokens, DateOnly day) => Prices.Count == 0
        ? Cost(inputTokens, cachedTokens, outputTokens)
        : PricePeriod.On(Prices, day)?.Cost(inputTokens, cachedTokens, outputTokens);

    /// <summary>
    /// The same where a part of the input was written to the provider's cache, which costs a quarter more than other input of the same request with Claude, and twice as much where it is
    /// to be kept for an hour (platform.claude.com, "prompt caching").
    /// </summary>
    /// <param name="hourTokens">Part of <paramref name="cacheWrittenTokens"/> that is kept for an hour.</param>
    public decimal? Cost(long inputTokens, long cachedTokens, long cacheWrittenTokens, long outputTokens, DateOnly day, long hourTokens = 0)
    {
        var plain = Cost(inputTokens, cachedTokens, outputTokens, day);
        if (cacheWrittenTokens <= 0 || !Family.StartsWith("claude", StringComparison.Ordinal))
        {
            return plain;
        }

        var (price, surcharge) = Prices.Count == 0 ? (InputPrice, Surcharge) : PricePeriod.On(Prices, day) is { } period ? (period.Input, period.Surcharge) : (null, null);
        var factor = surcharge is { } dear && inputTokens > dear.AboveInputTokens ? dear.InputFactor : 1m;
        var quarters = cacheWrittenTokens + (3 * Math.Min(hourTokens, cacheWrittenTokens));
        return plain + (quarters * price * factor / 4 / 1_000_000m);
    }

    /// <summary>What many requests cost together, USD, at the base tier: sums do not tell which prompts were long.</summary>
    public decimal? CostOfMany(long inputTokens, long cachedTokens, long outputTokens) => Price(inputTokens, cachedTokens, outputTokens, 1m, 1m);

    internal static decimal? Price(
        (decimal? Input, decimal? CachedInput, decimal? Output) price, long input, long cached, long output, decimal inputFactor, decimal outputFactor)
    {
        cached = Math.Clamp(cached, 0, input);
        var fresh = input - cached;
        var cachedPrice = price.CachedInput ?? price.Input;
        if ((fresh > 0 && price.Input is null) || (cached > 0 && cachedPrice is null) || (output > 0 && price.Output is null))
        {
            return null;
        }

        var inputCost = (fresh * (price.Input ?? 0m)) + (cached * (cachedPrice ?? 0m));
        return ((inputCost * inputFactor) + (output * (price.Output ?? 0m) * outputFactor)) / 1_000_000m;
    }

    private decimal? Price(long input, long cached, long output, decimal inputFactor, decimal outputFactor) =>
        Price((InputPrice, CachedInputPrice, OutputPrice), input, cached, output, inputFactor, outputFactor);
}

/// <summary>The whole request is billed at a multiple once its input exceeds a limit.</summary>
/// <param name="AboveInputTokens">Input tokens above which it applies.</param>
/// <param name="InputFactor">Multiple of the input prices.</param>
/// <param name="OutputFactor">Multiple of the output price.</param>
public sealed record LongPromptSurcharge(int AboveInputTokens, decimal InputFactor, decimal OutputFactor);
