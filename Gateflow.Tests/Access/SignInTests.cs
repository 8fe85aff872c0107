using System.Net;
using System.Text.RegularExpressions;
using Gateflow.Core.Access;
using Gateflow.Dashboard.Access;
using Gateflow.Tests.Composition;

namespace Gateflow.Tests.Access;

public sealed partial class SignInTests(GateflowFixture program) : IClassFixture<GateflowFixture>
{
    private readonly GateflowHost host = program.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_WithoutSession_RedirectsToSignInAndBackAfterwards()
    {
        using var browser = host.CreateClient();

        using var refused = await browser.GetAsync("/rollbacks?model=gpt-4", Token);
        var signIn = refused.Headers.Location!;
        using var entered = await PostKeyAsync(browser, signIn.OriginalString, GateflowHost.AdminKey);

        Assert.Equal(HttpStatusCode.Redirect, refused.StatusCode);
        Assert.StartsWith("/login?ReturnUrl=", signIn.OriginalString, StringComparison.Ordinal);
        Assert.Equal("/rollbacks?model=gpt-4", entered.Headers.Location!.OriginalString);
        using var page = await browser.GetAsync("/rollbacks?model=gpt-4", Token);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Theory]
    [InlineData("/", "Overview")]
    [InlineData("/migrations", "Migrations")]
    [InlineData("/rollbacks", "Rollback history")]
    [InlineData("/rollbacks/mig_none", "Rollback")]
    [InlineData("/requests", "Requests")]
    [InlineData("/requests/req_none", "Request")]
    [InlineData("/usage", "Usage and cost")]
    [InlineData("/settings/api-keys", "API keys")]
    public async Task Page_SignedIn_ComesWithItsTitle(string path, string title)
    {
        using var browser = host.CreateClient();
        using var entered = await browser.GetAsync("/login?token=" + host.Get<SignInLinks>().Create(BootstrapKey.Id), Token);

        var page = await browser.GetStringAsync(path, Token);

        Assert.Contains($"<title>{title} · Gateflow</title>", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_WithoutCircuit_IsStaticAndKeepsReturnUrl()
    {
        using var browser = host.CreateClient();

        var page = await browser.GetStringAsync("/login?returnUrl=%2Fmigrations", Token);

        Assert.Contains("name=\"returnUrl\" value=\"/migrations\"", page, StringComparison.Ordinal);
        Assert.Contains("name=\"key\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--Blazor:{\"type\":\"server\"", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gw_prod_wrong", "key", "unknown, revoked or expired")]
    [InlineData("", "key", "unknown, revoked or expired")]
    public async Task Login_WrongKey_SaysSoAndKeepsReturnUrl(string key, string fault, string message)
    {
        using var browser = host.CreateClient();

        using var answer = await PostKeyAsync(browser, "/login?returnUrl=%2Fmigrations", key);
        var page = await browser.GetStringAsync(answer.Headers.Location, Token);

        Assert.Equal($"/login?fault={fault}&returnUrl=%2Fmigrations", answer.Headers.Location!.OriginalString);
        Assert.Contains(message, page, StringComparison.Ordinal);
        Assert.False(await IsSignedInAsync(browser));
    }

    [Fact]
    public async Task Login_KeyOfAnApplication_IsRefusedWithItsReason()
    {
        using var browser = host.CreateClient();
        var created = await host.Get<ApiKeys>().CreateAsync(new CreateKey { Name = "chatbot" }, "test", Token);

        using var answer = await PostKeyAsync(browser, "/login", created.Value!.Key);
        var page = await browser.GetStringAsync(answer.Headers.Location, Token);

        Assert.Equal("/login?fault=role", answer.Headers.Location!.OriginalString);
        Assert.Contains("belongs to an application", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    public async Task Login_ForeignReturnUrl_LeadsToOverview(string returnUrl)
    {
        using var browser = host.CreateClient();

        using var answer = await PostKeyAsync(browser, "/login?returnUrl=" + Uri.EscapeDataString(returnUrl), GateflowHost.AdminKey);

        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Login_WithoutAntiforgeryToken_IsAskedAgain()
    {
        using var browser = host.CreateClient();
        using var form = new FormUrlEncodedContent([new("key", GateflowHost.AdminKey)]);

        using var answer = await browser.PostAsync("/login", form, Token);

        Assert.Equal("/login?fault=form", Path(answer));
        Assert.False(await IsSignedInAsync(browser));
    }

    [Fact]
    public async Task Link_OfTheStart_SignsInOnce()
    {
        using var browser = host.CreateClient();
        using var second = host.CreateClient();
        var link = "/login?token=" + host.Get<SignInLinks>().Create(BootstrapKey.Id);

        using var first = await browser.GetAsync(link, Token);
        using var again = await second.GetAsync(link, Token);

        Assert.Equal("/", Path(first));
        Assert.True(await IsSignedInAsync(browser));
        Assert.Equal("/login?fault=link", Path(again));
        Assert.False(await IsSignedInAsync(second));
        Assert.Contains("used already", await second.GetStringAsync(again.Headers.Location, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logout_AfterSignIn_EndsTheSession()
    {
        using var browser = host.CreateClient();
        using var entered = await PostKeyAsync(browser, "/login", GateflowHost.AdminKey);
        Assert.True(await IsSignedInAsync(browser));
        var token = AntiforgeryToken().Match(await browser.GetStringAsync("/login", Token)).Groups[1].Value;
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token)]);

        using var left = await browser.PostAsync("/logout", form, Token);

        Assert.Equal("/login", left.Headers.Location!.OriginalString);
        Assert.False(await IsSignedInAsync(browser));
    }

    [Fact]
    public async Task Session_OfAKeyRevokedSince_Ends()
    {
        using var browser = host.CreateClient();
        var keys = host.Get<ApiKeys>();
        var created = await keys.CreateAsync(new CreateKey { Name = "Ada", Role = Role.Operator }, "test", Token);
        using var entered = await PostKeyAsync(browser, "/login", created.Value!.Key);
        Assert.True(await IsSignedInAsync(browser));

        await keys.RevokeAsync(created.Value.Id, Token);

        Assert.False(await IsSignedInAsync(browser));
    }

    /// <summary>Opens the sign-in page and sends its form as a browser does.</summary>
    private static async Task<HttpResponseMessage> PostKeyAsync(HttpClient browser, string page, string key)
    {
        var html = await browser.GetStringAsync(page, Token);
        using var form = new FormUrlEncodedContent(
        [
            new("__RequestVerificationToken", AntiforgeryToken().Match(html).Groups[1].Value),
            new("returnUrl", WebUtility.HtmlDecode(ReturnUrl().Match(html).Groups[1].Value)),
            new("key", key),
        ]);
        return await browser.PostAsync("/login", form, Token);
    }

    private static async Task<bool> IsSignedInAsync(HttpClient browser)
    {
        using var answer = await browser.GetAsync("/v1/management/migrations", Token);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private static string Path(HttpResponseMessage answer) => new Uri(answer.RequestMessage!.RequestUri!, answer.Headers.Location!).PathAndQuery;

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();

    [GeneratedRegex("name=\"returnUrl\"(?: value=\"([^\"]*)\")?")]
    private static partial Regex ReturnUrl();
}
