using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Limits;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Parts;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;

namespace Gateflow.Tests.Access;

public sealed class ApiKeysPageTests(GateflowFixture program) : IClassFixture<GateflowFixture>
{
    private readonly GateflowHost host = program.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_Administrator_ShowsKeysWithoutSecrets()
    {
        await using var context = new PageTestContext(host);
        var created = (await host.Get<ApiKeys>().CreateAsync(new CreateKey { Name = "checkout", Feature = "shop" }, "Ada", Token)).Value!;

        var page = context.Render<ApiKeysPage>();

        var row = page.Find($"tr[data-id={created.Id}]");
        Assert.Contains("checkout", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("shop", row.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(created.Key, page.Markup, StringComparison.Ordinal);
        Assert.Equal("Revoke checkout", row.QuerySelector("button.danger")!.GetAttribute("aria-label"));
    }

    [Fact]
    public async Task List_Operator_SaysWhoMay()
    {
        await using var context = new PageTestContext(host, Role.Operator);

        var page = context.Render<ApiKeysPage>();

        Assert.Contains("Only administrators", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("table"));
        Assert.DoesNotContain("Create key", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WithoutName_SaysSoAndMakesNothing()
    {
        await using var context = new PageTestContext(host);
        var before = (await host.Get<ApiKeys>().ListAsync(Token)).Count;
        var dialog = Dialog(context);

        await context.SubmitAsync(dialog.Find("form"));

        Assert.Contains("name is required", dialog.Find("#key-name-fault").TextContent, StringComparison.Ordinal);
        Assert.Equal("true", dialog.Find("#key-name").GetAttribute("aria-invalid"));
        Assert.Equal(before, (await host.Get<ApiKeys>().ListAsync(Token)).Count);
    }

    [Fact]
    public async Task Create_Valid_ShowsTheSecretOnceWithSnippet()
    {
        await using var context = new PageTestContext(host);
        var dialog = Dialog(context);
        await context.ChangeAsync(dialog.Find("#key-name"), "search-service");
        await context.ChangeAsync(dialog.Find("#key-expiry"), "2099-01-31");

        await context.SubmitAsync(dialog.Find("form"));

        dialog.WaitForAssertion(() => Assert.NotNull(dialog.Find("[data-testid=secret]")));
        var secret = dialog.Find(".secret code").TextContent;
        Assert.StartsWith("gw_prod_", secret, StringComparison.Ordinal);
        Assert.Contains($"Bearer {secret}", dialog.Find("pre").TextContent, StringComparison.Ordinal);
        var key = Assert.Single(await host.Get<ApiKeys>().ListAsync(Token), k => k.Name == "search-service");
        Assert.Equal((Role.Application, "Ada", new DateTimeOffset(2099, 2, 1, 0, 0, 0, TimeSpan.Zero)), (key.Role, key.CreatedBy, key.ExpiresAt));
    }

    [Fact]
    public async Task Create_WithLimits_StoresThem()
    {
        await using var context = new PageTestContext(host);
        var dialog = Dialog(context);
        await context.ChangeAsync(dialog.Find("#key-name"), "limited-service");
        await context.ChangeAsync(dialog.Find("#limit-rpm"), "1,200");
        await context.ChangeAsync(dialog.Find("#limit-cost"), "$12.50");
        await context.ChangeAsync(dialog.Find("#limit-addresses"), "10.0.0.0/8, 2001:db8::1");

        await context.SubmitAsync(dialog.Find("form"));

        dialog.WaitForAssertion(() => Assert.NotNull(dialog.Find("[data-testid=secret]")));
        var key = Assert.Single(await host.Get<ApiKeys>().ListAsync(Token), k => k.Name == "limited-service");
        Assert.Equal(new KeyLimits { Rpm = 1200, MonthlyCostUsd = 12.5m }, key.RateLimits);
        Assert.Equal(["10.0.0.0/8", "2001:db8::1"], key.AllowedIps);
        var page = context.Render<ApiKeysPage>();
        Assert.Equal(
            ["1,200 requests/min", "$0.00 of $12.50 this month", "2\u00a0address ranges"],
            page.FindAll($"tr[data-id={key.Id}] .limit").Select(l => l.TextContent));
    }

    [Theory]
    [InlineData("#limit-rpm", "many", "Enter a whole number")]
    [InlineData("#limit-rpm", "0", "at least 1 request")]
    [InlineData("#limit-cost", "a lot", "Enter an amount")]
    [InlineData("#limit-addresses", "10.0.0.0/8 nowhere", "'nowhere' is no address")]
    public async Task Edit_WrongLimit_SaysSoAndChangesNothing(string field, string typed, string fault)
    {
        await using var context = new PageTestContext(host);
        var dialog = await EditAsync(context, $"edited {field} {typed}");

        await context.ChangeAsync(dialog.Find(field), typed);
        await context.SubmitAsync(dialog.Find("form"));

        dialog.WaitForAssertion(() => Assert.Contains(fault, dialog.Markup.Replace("&#39;", "'", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.Equal("true", dialog.Find(field).GetAttribute("aria-invalid"));
        var key = Assert.Single(await host.Get<ApiKeys>().ListAsync(Token), k => k.Id == dialog.Instance.Key.Id);
        Assert.Equal(new KeyLimits { Rpm = 5, Tpm = 100 }, key.RateLimits);
    }

    [Fact]
    public async Task Edit_Valid_ChangesWhatWasTyped()
    {
        await using var context = new PageTestContext(host);
        var dialog = await EditAsync(context, "edited");

        await context.ChangeAsync(dialog.Find("#limit-rpm"), "");
        await context.ChangeAsync(dialog.Find("#limit-daily"), "900");
        await context.ChangeAsync(dialog.Find("#edit-name"), "edited well");
        await context.SubmitAsync(dialog.Find("form"));

        var key = Assert.Single(await host.Get<ApiKeys>().ListAsync(Token), k => k.Id == dialog.Instance.Key.Id);
        Assert.Equal(("edited well", "shop", new KeyLimits { Tpm = 100, DailyRequests = 900 }), (key.Name, key.Feature, key.RateLimits));
    }

    [Fact]
    public async Task Edit_AnotherLimitChangedMeanwhile_Stays()
    {
        await using var context = new PageTestContext(host);
        var dialog = await EditAsync(context, "edited by two");
        await host.Get<ApiKeys>().UpdateAsync(dialog.Instance.Key.Id, new JsonObject { ["rate_limits"] = new JsonObject { ["tpm"] = 700 } }, Token);

        await context.ChangeAsync(dialog.Find("#limit-rpm"), "9");
        await context.SubmitAsync(dialog.Find("form"));

        var key = Assert.Single(await host.Get<ApiKeys>().ListAsync(Token), k => k.Id == dialog.Instance.Key.Id);
        Assert.Equal(new KeyLimits { Rpm = 9, Tpm = 700 }, key.RateLimits);
    }

    [Fact]
    public async Task Edit_SameLimitChangedMeanwhile_IsRefused()
    {
        await using var context = new PageTestContext(host);
        var dialog = await EditAsync(context, "edited by two at once");
        await host.Get<ApiKeys>().UpdateAsync(dialog.Instance.Key.Id, new JsonObject { ["rate_limits"] = new JsonObject { ["rpm"] = 700 } }, Token);

        await context.ChangeAsync(dialog.Find("#limit-rpm"), "9");
        await context.SubmitAsync(dialog.Find("form"));

        dialog.WaitForAssertion(() => Assert.StartsWith("Somebody else changed rate_limits.rpm meanwhile", dialog.Find(".error p").TextContent, StringComparison.Ordinal));
        var key = Assert.Single(await host.Get<ApiKeys>().ListAsync(Token), k => k.Id == dialog.Instance.Key.Id);
        Assert.Equal(700, key.RateLimits.Rpm);
    }

    [Fact]
    public void Revoking_OwnKeyInUse_SaysWhatStops()
    {
        var key = new KeyView
        {
            Id = "key_1", Name = "Ada", Type = KeyType.Prod, Role = Role.Operator, Prefix = "gw_prod_ab", Last4 = "wxyz", Status = "active",
            CreatedAt = DashboardTestContext.Now, CreatedBy = "Ada", RequestsLast30Days = 41, Feature = "chatbot",
        };

        ConfirmRequest asked = KeyWords.Revoking(key, own: true);

        Assert.Contains("gw_prod_ab…wxyz is answered 401", asked.Consequence, StringComparison.Ordinal);
        Assert.Contains("It sent 41\u00a0requests in the last 30 days, for chatbot.", asked.Facts);
        Assert.Contains(asked.Facts, f => f.StartsWith("You are signed in with it", StringComparison.Ordinal));
        Assert.DoesNotContain(KeyWords.Revoking(key with { Role = Role.Application }, own: false).Facts, f => f.Contains("signed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("curl")]
    [InlineData("Python")]
    [InlineData("JavaScript")]
    [InlineData("C#")]
    public void Snippet_WithoutKey_TakesItFromTheEnvironment(string language)
    {
        var text = ClientSnippet.All("http://localhost:5080/", "gpt-4o").Single(s => s.Language == language).Text;

        Assert.Contains("http://localhost:5080/v1", text, StringComparison.Ordinal);
        Assert.Contains("GATEFLOW_KEY", text, StringComparison.Ordinal);
        Assert.DoesNotContain("//v1", text, StringComparison.Ordinal);
    }

    private async Task<IRenderedComponent<EditKeyDialog>> EditAsync(PageTestContext context, string name)
    {
        var made = await host.Get<ApiKeys>().CreateAsync(new CreateKey { Name = name, Feature = "shop", RateLimits = new KeyLimits { Rpm = 5, Tpm = 100 } }, "Ada", Token);
        return context.Render<EditKeyDialog>(p => p.Add(d => d.Key, made.Value!.View));
    }

    private static IRenderedComponent<CreateKeyDialog> Dialog(PageTestContext context) =>
        context.Render<CreateKeyDialog>(p => p.Add(d => d.Actor, "Ada").Add(d => d.Model, "gpt-4o"));
}
