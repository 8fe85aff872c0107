using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Migrations;
using Gateflow.Core.Usage;

namespace Gateflow.Tests.Compatibility;

public sealed class CompatibilityCheckTests
{
    private static readonly DateOnly Today = new(2026, 11, 24);
    private static readonly ModelCatalog Catalog = ModelCatalog.Embedded;

    [Fact]
    public void Run_SeedExample_GivesTheDocumentedTexts()
    {
        var report = Run("gpt-4-32k", "gpt-4o", UsageSamples.CreateSeed(), new DateOnly(2025, 4, 1));

        Assert.True(report.Compatible);
        Assert.Equal("gpt-4o", report.TargetModel);
        Assert.Equal((CheckStatus.Pass, "Your max usage (28k) fits in gpt-4o (128k)"), Of(report, "context_window"));
        Assert.Equal((CheckStatus.Pass, "gpt-4o supports function calling"), Of(report, "function_calling"));
        Assert.Equal((CheckStatus.Pass, "gpt-4o supports streaming"), Of(report, "streaming"));
    }

    [Fact]
    public void Run_OnTheWire_HasTheDocumentedShape()
    {
        var json = WireJson.ToElement(Run("gpt-4", "gpt-6.2-sol", UsageSamples.Create(Capabilities.MaxTokens, 40)));

        Assert.True(json.GetProperty("compatible").GetBoolean());
        Assert.Equal("gpt-6.2-sol", json.GetProperty("target_model").GetString());
        var check = json.GetProperty("checks").EnumerateArray().Single(x => x.GetProperty("feature").GetString() == "max_tokens");
        Assert.Equal("warn", check.GetProperty("status").GetString());
        Assert.Equal(40, check.GetProperty("requests_affected").GetInt64());
        Assert.Contains("max_completion_tokens", check.GetProperty("shim").GetString(), StringComparison.Ordinal);
        Assert.Equal(["feature", "status", "detail", "requests_affected", "share_affected", "what_to_do", "shim"], check.EnumerateObject().Select(x => x.Name));
    }

    [Fact]
    public void Run_LargestRequestAboveTheWindow_FailsWithTheRequestsConcerned()
    {
        var usage = UsageSamples.CreateSeed() with { ContextHistogram = [new(4096, 9000), new(8192, 4000), new(16384, 2000), new(32768, 420)] };

        var report = Run("gpt-4-32k", "gpt-4", usage, new DateOnly(2025, 4, 1));

        Assert.False(report.Compatible);
        var check = report.Checks.Single(x => x.Feature == "context_window");
        Assert.Equal((CheckStatus.Fail, "Your max usage (28k) does not fit in gpt-4 (8k)", 2420), (check.Status, check.Detail, check.RequestsAffected));
    }

    [Theory]
    [InlineData("claude-opus-5", CheckStatus.Fail)]
    [InlineData("gpt-5", CheckStatus.Pass)]
    public void Run_ConversationsThatTheProviderStores_EndAtAnotherProvider(string target, CheckStatus status) =>
        Assert.Equal(status, Of(Run("gpt-4o", target, UsageSamples.Create(Capabilities.StoredState), Today), "stored_state").Status);

    [Theory]
    [InlineData("openai", "azure-openai", ParameterVerdict.Reject)]
    [InlineData("azure-openai", "openai", ParameterVerdict.Reject)]
    [InlineData("azure-openai", "azure-openai", ParameterVerdict.Accept)]
    public void Find_StoredStateAtAzure_IsNotThatOfOpenAI(string source, string target, ParameterVerdict verdict) =>
        Assert.Equal(verdict, ParameterRules.Embedded.Find(CatalogModel.Unknown(target, "gpt-5"), source, Capabilities.StoredState)!.Verdict);

    [Theory]
    [InlineData("meta.llama3-1-70b-instruct-v1:0", ParameterVerdict.Limit)]
    [InlineData("ai21.jamba-1-5-large-v1:0", ParameterVerdict.Limit)]
    [InlineData("cohere.command-r-v1:0", ParameterVerdict.Limit)]
    [InlineData("amazon.nova-pro-v1:0", null)]
    [InlineData("anthropic.claude-sonnet-4-6", ParameterVerdict.Rename)]
    public void Find_ForcedToolAtBedrock_IsKnownOfEachMaker(string model, ParameterVerdict? verdict) =>
        Assert.Equal(verdict, ParameterRules.Embedded.Find(CatalogModel.Unknown("amazon-bedrock", model), "openai", Capabilities.ForcedTool)?.Verdict);

    [Fact]
    public void Run_TargetThatCountsMoreTokens_ComparesWhatItWouldCount()
    {
        var target = Catalog.Find("claude-sonnet-5-5")! with { ContextWindow = 200_000 };

        Assert.Equal(CheckStatus.Pass, ContextOf(target, 130_000));
        Assert.Equal(CheckStatus.Warn, ContextOf(target, 150_000));
        Assert.Equal(CheckStatus.Fail, ContextOf(target, 160_000));
        Assert.Equal(CheckStatus.Pass, ContextOf(Catalog.Find("gpt-4-turbo")! with { ContextWindow = 200_000 }, 190_000));

        static CheckStatus ContextOf(CatalogModel target, long used) =>
            CompatibilityCheck.Run(Catalog.Find("gpt-4o"), target, "t", UsageSamples.Create(Capabilities.None) with { MaxContextUsed = used }, Today, Catalog.Rules)
                .Checks.Single(x => x.Feature == "context_window").Status;
    }

    [Theory]
    [InlineData(4000L, CheckStatus.Pass)]
    [InlineData(4097L, CheckStatus.Fail)]
    [InlineData(null, CheckStatus.Warn)]
    public void Run_LongestAnswer_IsHeldAgainstTheOutputCap(long? longest, CheckStatus status) =>
        Assert.Equal(status, Of(Run("gpt-4", "gpt-4-turbo", UsageSamples.Create(Capabilities.None) with { MaxOutputUsed = longest }), "max_output").Status);

    [Theory]
    [InlineData("gpt-4o", Capabilities.Vision, CheckStatus.Pass)]
    [InlineData("gpt-4", Capabilities.Vision, CheckStatus.Fail)]
    [InlineData("gpt-4-32k", Capabilities.Vision, CheckStatus.Warn)]
    [InlineData("gpt-4o-2024-05-13", Capabilities.JsonSchema, CheckStatus.Warn)]
    [InlineData("gpt-4", Capabilities.JsonSchema, CheckStatus.Fail)]
    [InlineData("gpt-4o", Capabilities.Logprobs, CheckStatus.Pass)]
    [InlineData("claude-sonnet-5-5", Capabilities.Logprobs, CheckStatus.Fail)]
    [InlineData("claude-sonnet-5-5", Capabilities.MultipleChoices, CheckStatus.Fail)]
    [InlineData("claude-sonnet-5-5", Capabilities.Temperature, CheckStatus.Warn)]
    [InlineData("claude-sonnet-5-5", Capabilities.Prefill, CheckStatus.Fail)]
    [InlineData("claude-sonnet-4-6", Capabilities.Prefill, CheckStatus.Pass)]
    [InlineData("claude-sonnet-4-6", Capabilities.Seed, CheckStatus.Warn)]
    [InlineData("claude-sonnet-4-6", Capabilities.JsonMode, CheckStatus.Warn)]
    [InlineData("gpt-6.2-sol", Capabilities.Temperature, CheckStatus.Warn)]
    [InlineData("gpt-6.2-sol", Capabilities.LogitBias, CheckStatus.Fail)]
    [InlineData("gpt-6-luna", Capabilities.FunctionCalling, CheckStatus.Warn)]
    [InlineData("gpt-5.4", Capabilities.FunctionCalling, CheckStatus.Pass)]
    [InlineData("o3", Capabilities.MultipleChoices, CheckStatus.Warn)]
    [InlineData("mistral-large-2512", Capabilities.Seed, CheckStatus.Warn)]
    [InlineData("gemini-3.8-flash", Capabilities.LogitBias, CheckStatus.Warn)]
    [InlineData("o1-pro", Capabilities.Streaming, CheckStatus.Fail)]
    public void Run_CapabilityUsed_FollowsFactsAndRules(string target, Capabilities used, CheckStatus status) =>
        Assert.Equal(status, Of(Run("gpt-4-turbo", target, UsageSamples.Create(used)), CapabilityNames.Wire(used)).Status);

    [Theory]
    [InlineData("gpt-4-turbo", CheckStatus.Warn)]
    [InlineData("claude-2.1", CheckStatus.Pass)]
    public void Run_RenameBetweenProviders_ConcernsOnlyRequestsOfTheOther(string source, CheckStatus status) =>
        Assert.Equal(status, Of(Run(source, "claude-sonnet-4-6", UsageSamples.Create(Capabilities.Stop)), "stop").Status);

    [Fact]
    public void Run_UnknownTarget_WarnsOfEverythingAndPassesNothing()
    {
        var report = CompatibilityCheck.Run(Catalog.Find("gpt-4"), null, "in-house-7b", UsageSamples.Create(Capabilities.FunctionCalling | Capabilities.Stop), Today, Catalog.Rules);

        Assert.True(report.Compatible);
        Assert.All(report.Checks, x => Assert.Equal(CheckStatus.Warn, x.Status));
        Assert.Equal(["model", "context_window", "max_output", "chat", "function_calling", "stop", "lifecycle"], report.Checks.Select(x => x.Feature));
    }

    [Fact]
    public void Run_NothingUsed_SaysThatNothingIsProven() =>
        Assert.Equal(CheckStatus.Warn, Of(Run("gpt-4", "gpt-4o", new UsageAnalysis { UsagePeriod = "last_30_days" }), "usage").Status);

    [Theory]
    [InlineData("2025-11-24", CheckStatus.Warn, "gpt-4o retires on 2027-01-14, in 416 days")]
    [InlineData("2026-12-15", CheckStatus.Warn, "gpt-4o retires on 2027-01-14, in 30 days")]
    [InlineData("2026-12-16", CheckStatus.Fail, "gpt-4o retires on 2027-01-14, in 29 days")]
    [InlineData("2027-01-14", CheckStatus.Fail, "gpt-4o was retired on 2027-01-14")]
    public void Run_TargetThatRetires_WarnsThenFails(string today, CheckStatus status, string detail) =>
        Assert.Equal((status, detail), Of(Run("gpt-4", "gpt-4o", UsageSamples.Create(Capabilities.None), DateOnly.ParseExact(today, "yyyy-MM-dd")), "lifecycle"));

    [Fact]
    public void Run_TargetWithoutAnEnd_PassesAndSaysHowLongItIsPromised()
    {
        Assert.Equal(CheckStatus.Pass, Of(Run("gpt-4", "gpt-5.4", UsageSamples.Create(Capabilities.None)), "lifecycle").Status);
        Assert.Equal("claude-opus-4-8 will not be retired before 2027-05-28", Of(Run("gpt-4", "claude-opus-4-8", UsageSamples.Create(Capabilities.None)), "lifecycle").Detail);
    }

    [Fact]
    public void Run_CapabilityThatTheTargetLacks_TellsShareWhatToDoAndWhereTheRequestsAre()
    {
        var usage = UsageSamples.Create(Capabilities.Logprobs, 40);

        var check = Run("gpt-4", "claude-sonnet-5-5", usage).WithExamples("gpt-4", new()).Checks.Single(c => c.Feature == "logprobs");

        Assert.Equal((CheckStatus.Fail, 40, 0.04), (check.Status, check.RequestsAffected, check.ShareAffected));
        Assert.Equal("/v1/management/logs?model=gpt-4&period=30d&capability=logprobs", check.Examples);
        Assert.Contains("another model", check.WhatToDo, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat bot", "key_a", "", "/v1/management/logs?model=gpt-4&period=30d&feature=chat%20bot&key=key_a&capability=logprobs")]
    [InlineData("chat", "", "", "/v1/management/logs?model=gpt-4&period=30d&feature=chat&capability=logprobs")]
    [InlineData("chat,search", "", "", null)]
    [InlineData("", "key_a,key_b", "", null)]
    [InlineData("", "", "u1", null)]
    public void WithExamples_OfAScope_LeadToItsRequestsAlone(string features, string keys, string users, string? examples)
    {
        var scope = new MigrationScope { Features = Split(features), ApiKeys = Split(keys), Users = Split(users) };

        var report = Run("gpt-4", "claude-sonnet-5-5", UsageSamples.Create(Capabilities.Logprobs, 40)).WithExamples("gpt-4", scope);

        Assert.Equal(examples, report.Checks.Single(c => c.Feature == "logprobs").Examples);

        static string[] Split(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public void Run_FewRequestsJustAboveTheWindow_AreNotTheWholeBin()
    {
        var usage = UsageSamples.Create(Capabilities.None) with { MaxContextUsed = 128_500, ContextHistogram = [new(65_536, 900), new(131_072, 5_000)] };

        var check = Run("gpt-4-turbo", "gpt-4o", usage).Checks.Single(x => x.Feature == "context_window");

        Assert.Equal(CheckStatus.Fail, check.Status);
        Assert.InRange(check.RequestsAffected!.Value, 1, 100);
    }

    [Theory]
    [InlineData(290_000, 250_000, CheckStatus.Pass, "Your largest input (252.5k) fits in t (272k of input)")] // with its output it is more than that
    [InlineData(290_000, 280_000, CheckStatus.Fail, "Your largest input (282.8k) does not fit in t (272k of input)")]
    [InlineData(410_000, 200_000, CheckStatus.Fail, "Your max usage (410k) does not fit in t (400k)")]
    public void Run_LimitOfTheInput_IsHeldAgainstTheInputAlone(long context, double input, CheckStatus status, string detail)
    {
        var target = Catalog.Find("gpt-4o")! with { ContextWindow = 400_000, MaxInputTokens = 272_000 };
        var usage = UsageSamples.Create(Capabilities.None) with { MaxContextUsed = context, InputPerRequest = new Percentiles(1_000, 2_000, 3_000, input) };

        var report = CompatibilityCheck.Run(Catalog.Find("gpt-4-turbo"), target, "t", usage, Today, Catalog.Rules);

        Assert.Equal((status, detail), Of(report, "context_window"));
    }

    [Theory]
    [InlineData("text-embedding-ada-002", "text-embedding-3-small", true)]
    [InlineData("text-embedding-3-small", "azure-openai/text-embedding-3-small", false)]
    [InlineData("gpt-4", "gpt-4o", false)]
    public void Run_OtherVectors_WarnsThatTheyCannotBeCompared(string source, string target, bool warns)
    {
        var check = Run(source, target, UsageSamples.Create(Capabilities.None)).Checks.SingleOrDefault(c => c.Feature == VectorCheck.Feature);

        Assert.Equal(warns ? CheckStatus.Warn : null, check?.Status);
    }

    [Theory]
    [InlineData(Capabilities.None, Capabilities.Embeddings, true)]
    [InlineData(Capabilities.None, Capabilities.Embeddings | Capabilities.Chat, false)] // one job that asks the wrong model
    [InlineData(Capabilities.Chat, Capabilities.Embeddings, false)]
    public void Differ_ModelOfOnesOwn_IsWhatItsCapabilitiesSayElseWhatItWasUsedFor(Capabilities stated, Capabilities used, bool expected) =>
        Assert.Equal(expected, VectorCheck.Differ(CatalogModel.Unknown("house", "m") with { IsOwn = true, Capabilities = stated }, null, used));

    private static CompatibilityReport Run(string source, string target, UsageAnalysis usage, DateOnly? today = null) =>
        CompatibilityCheck.Run(Catalog.Find(source)!, Catalog.Find(target)!, target, usage, today ?? Today, Catalog.Rules);

    private static (CheckStatus Status, string Detail) Of(CompatibilityReport report, string feature)
    {
        var check = report.Checks.Single(x => x.Feature == feature);
        return (check.Status, check.Detail);
    }
}
