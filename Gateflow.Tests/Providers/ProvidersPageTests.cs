using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Providers;
using Gateflow.Dashboard.Providers;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Shell;
using static Gateflow.Tests.Providers.ProviderCalls;

namespace Gateflow.Tests.Providers;

public sealed class ProvidersPageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_Empty_OffersTheFirst()
    {
        await using var host = await StartAsync();
        await using var context = new PageTestContext(host);

        var page = context.Render<ProvidersPage>();

        Assert.Contains("No provider yet", page.Find(".empty").TextContent, StringComparison.Ordinal);
        Assert.Equal("Add provider", page.Find(".empty button").TextContent);
    }

    [Fact]
    public async Task List_Viewer_SeesButCannotTouch()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync();
        await AddAsync(host, upstream);
        await using var context = new PageTestContext(host, Role.Viewer);

        var page = context.Render<ProvidersPage>();

        Assert.Contains("vllm", page.Find("tbody tr").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("button"));
    }

    [Fact]
    public async Task Test_FromTheRow_ShowsTheProvidersError()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Models = http => FakeUpstream.Json(http, 401, """{"error": {"message": "No such key."}}""");
        await using var host = await StartAsync();
        await AddAsync(host, upstream, probed: false); // no probe may draw the page anew between finding the button and its click
        await using var context = new PageTestContext(host);
        var page = context.Render<ProvidersPage>();

        await context.ClickAsync(page.Find("button[aria-label='Test vllm']"));

        page.WaitForAssertion(() => Assert.Equal("Key refused (401): No such key.", page.Find(".bad").TextContent));
        Assert.Contains("Down", page.Find("td.health .badge").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", "provider-api-key", "provider-region provider-project provider-service-account-json")]
    [InlineData("bedrock", "provider-region provider-access-key-id provider-secret-access-key provider-session-token", "provider-api-key provider-project")]
    [InlineData("vertex_ai", "provider-project provider-location provider-service-account-json", "provider-api-key provider-region")]
    [InlineData("azure_openai", "provider-base-url provider-api-version provider-api-key", "provider-region provider-project")]
    public async Task Dialog_Type_HasItsOwnFieldsOnly(string type, string has, string hasNot)
    {
        await using var host = await StartAsync();
        await using var context = new PageTestContext(host);
        var dialog = context.Render<ProviderDialog>(p => p.Add(d => d.Actor, "Ada"));

        await context.ChangeAsync(dialog.Find("#provider-type"), type);

        Assert.All(has.Split(' '), id => Assert.NotEmpty(dialog.FindAll("#" + id)));
        Assert.All(hasNot.Split(' '), id => Assert.Empty(dialog.FindAll("#" + id)));
    }

    [Fact]
    public async Task Dialog_New_IsTestedBeforeItIsStored()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Models = http => FakeUpstream.Json(http, 200, """{"data": [{"id": "a"}, {"id": "b"}]}""");
        await using var host = await StartAsync();
        await using var context = new PageTestContext(host);
        var dialog = context.Render<ProviderDialog>(p => p.Add(d => d.Actor, "Ada"));
        await context.ChangeAsync(dialog.Find("#provider-type"), "openai_compatible");
        await context.ChangeAsync(dialog.Find("#provider-name"), "house");
        await context.ChangeAsync(dialog.Find("#provider-base-url"), upstream.BaseUrl.ToString());
        await context.ChangeAsync(dialog.Find("#provider-models"), "a, b");
        await context.ChangeAsync(dialog.Find("#provider-deployments"), "fast = a");
        await context.ChangeAsync(dialog.Find("#provider-limits-rpm"), "1,200");

        await context.ClickAsync(dialog.Find(".test button"));
        dialog.WaitForAssertion(() => Assert.Matches(@"^Answered in .*; lists 2\u00a0models\.$", dialog.Find(".test .good").TextContent));
        var before = await host.Get<ProviderStore>().ListAsync(Token);
        await context.SubmitAsync(dialog.Find("form"));

        Assert.Empty(before);
        var stored = Assert.Single(await host.Get<ProviderStore>().ListAsync(Token));
        Assert.Equal(("house", "Ada", 1200, 3), (stored.Name, stored.CreatedBy, stored.Limits.Rpm, stored.ModelsServed));
        Assert.Equal("a", stored.Deployments["fast"]);
    }

    [Theory]
    [InlineData("#provider-base-url", "http://10.1.2.3/v1", "is a loopback or private address")]
    [InlineData("#provider-deployments", "one two", "is no pair")]
    [InlineData("#provider-timeouts-first-byte-seconds", "soon", "Enter a number of seconds")]
    [InlineData("#provider-name", "", "name is required")]
    public async Task Edit_Wrong_SaysSoBesideTheFieldAndChangesNothing(string field, string typed, string fault)
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync();
        await AddAsync(host, upstream);
        await using var context = new PageTestContext(host);
        var before = Assert.Single(await host.Get<ProviderStore>().ListAsync(Token));
        var dialog = context.Render<ProviderDialog>(p => p.Add(d => d.Actor, "Ada").Add(d => d.Provider, before));

        await context.ChangeAsync(dialog.Find(field), typed);
        await context.SubmitAsync(dialog.Find("form"));

        dialog.WaitForAssertion(() => Assert.Contains(dialog.FindAll(".fault"), f => f.TextContent.Contains(fault, StringComparison.Ordinal)));
        Assert.Equal("true", dialog.Find(field).GetAttribute("aria-invalid"));
        Assert.Null(Assert.Single(await host.Get<ProviderStore>().ListAsync(Token)).UpdatedAt);
    }

    [Fact]
    public async Task Edit_WithoutTypingTheKey_KeepsIt()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync();
        await AddAsync(host, upstream);
        await using var context = new PageTestContext(host);
        var before = Assert.Single(await host.Get<ProviderStore>().ListAsync(Token));
        var dialog = context.Render<ProviderDialog>(p => p.Add(d => d.Actor, "Ada").Add(d => d.Provider, before));

        Assert.Contains("…7788 stays", dialog.Find("#provider-api-key").GetAttribute("placeholder"), StringComparison.Ordinal);
        await context.ChangeAsync(dialog.Find("#provider-name"), "renamed");
        await context.SubmitAsync(dialog.Find("form"));
        using var answer = await AskAsync(host, "renamed/qwen-9");

        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal($"Bearer {Secret}", Assert.Single(upstream.Requests).Headers["Authorization"]);
    }

    [Fact]
    public async Task Edit_AnotherLimitChangedMeanwhile_StaysAndAliasesAreThoseTyped()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync();
        var store = host.Get<ProviderStore>();
        var id = await AddAsync(host, upstream);
        await store.UpdateAsync(id, new JsonObject { ["deployments"] = new JsonObject { ["fast"] = "qwen-9", ["slow"] = "qwen-9" } }, "Ada", Token);
        await using var context = new PageTestContext(host);
        var before = Assert.Single(await store.ListAsync(Token));
        var dialog = context.Render<ProviderDialog>(p => p.Add(d => d.Actor, "Ada").Add(d => d.Provider, before));
        await store.UpdateAsync(id, new JsonObject { ["limits"] = new JsonObject { ["concurrency"] = 3 } }, "Bob", Token);

        await context.ChangeAsync(dialog.Find("#provider-limits-rpm"), "9");
        await context.ChangeAsync(dialog.Find("#provider-deployments"), "fast = qwen-9");
        await context.SubmitAsync(dialog.Find("form"));

        var now = Assert.Single(await store.ListAsync(Token));
        Assert.Equal((9, 3), (now.Limits.Rpm, now.Limits.Concurrency));
        Assert.Equal(["fast"], now.Deployments.Keys);
    }

    [Fact]
    public void Ending_ProviderInUse_SaysWhatStops()
    {
        var provider = new ProviderView
        {
            Id = "prov_1", Name = "azure-eu", Type = "azure_openai", Source = "stored", Status = "ready", BaseUrl = "https://x.openai.azure.com", ModelsServed = 3,
            Health = new HealthView { State = HealthState.Healthy, RecentCalls = 41 },
        };

        var asked = ProviderWords.Ending(provider, ["the migration gpt-4 → gpt-4o (mig_1, in_progress)"], deleting: false);

        Assert.Contains("serves none of its 3\u00a0models", asked.Consequence, StringComparison.Ordinal);
        Assert.Equal(["Needed by the migration gpt-4 → gpt-4o (mig_1, in_progress).", "It took 41\u00a0calls in the last five minutes.", "Its settings and secrets stay; it can be enabled again."], asked.Facts);
    }

    [Theory]
    [InlineData("disabled", null, "Disabled")]
    [InlineData("unreadable", null, "Secrets lost")]
    [InlineData("ready", HealthState.Healthy, "Healthy")]
    [InlineData("ready", HealthState.Unknown, "Not probed")]
    public void Look_Provider_TellsStateByWord(string status, HealthState? state, string word)
    {
        var provider = new ProviderView
        {
            Id = "prov_1", Name = "x", Type = "openai", Source = "stored", Status = status, BaseUrl = "https://x",
            Health = state is { } s ? new HealthView { State = s } : null,
        };

        Assert.Equal(word, ProviderWords.Look(provider).Word);
    }
}
