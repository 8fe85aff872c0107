using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Gateflow.Core.Access;
using Gateflow.Dashboard.Access;
using Gateflow.Tests.Composition;

namespace Gateflow.Tests.Access;

/// <summary>What browsers may do with a session, and how the program looks to them behind a proxy that ends TLS.</summary>
public sealed partial class BrowserRulesTests(BrowserRulesTests.Shared shared) : IClassFixture<BrowserRulesTests.Shared>
{
    private const string Public = "https://gateflow.example";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 422)]
    [InlineData("Sec-Fetch-Site", "none", 422)]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "http://127.0.0.1:1", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", Public, 422)]
    [InlineData("Origin", "own", 422)]
    [InlineData("X-Other", "neither is sent", 422)]
    public async Task Mutation_ByCookie_IsTakenFromOwnPagesAlone(string header, string value, int expected)
    {
        using var request = Request(HttpMethod.Post, "/v1/management/migrations", header, value == "own" ? shared.Host.BaseUrl.GetLeftPart(UriPartial.Authority) : value);

        using var answer = await shared.Browser.SendAsync(request, Token);

        var body = await answer.Content.ReadAsStringAsync(Token);
        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.Contains(expected == 403 ? "\"code\":\"cross_origin_request\"" : "\"param\":\"source_model\"", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://lan.example:8080", 422)] // many a proxy passes on the name alone
    [InlineData("http://evil.example:8080", 403)]
    public async Task Mutation_BehindAProxyThatDropsThePort_IsTakenFromTheName(string origin, int expected)
    {
        using var request = Request(HttpMethod.Post, "/v1/management/migrations", "Origin", origin);
        request.Headers.Host = "lan.example";

        using var answer = await shared.Browser.SendAsync(request, Token);

        Assert.Equal(expected, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("/hubs/migrations")]
    [InlineData("/_blazor")]
    public async Task Hub_ByCookieFromElsewhere_IsRefused(string path)
    {
        using var foreign = Request(HttpMethod.Get, path, "Origin", "http://127.0.0.1:1");
        using var own = Request(HttpMethod.Get, path, "Sec-Fetch-Site", "same-origin");

        using var refused = await shared.Browser.SendAsync(foreign, Token);
        using var taken = await shared.Browser.SendAsync(own, Token);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.NotEqual(HttpStatusCode.Forbidden, taken.StatusCode);
    }

    [Fact]
    public async Task Call_FromElsewhere_ReadsByCookieAndActsByKey()
    {
        using var read = Request(HttpMethod.Get, "/v1/management/migrations", "Sec-Fetch-Site", "cross-site");
        using var act = Request(HttpMethod.Post, "/v1/management/migrations", "Sec-Fetch-Site", "cross-site");

        using var seen = await shared.Browser.SendAsync(read, Token);
        using var done = await shared.Host.Client.SendAsync(act, Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity), (seen.StatusCode, done.StatusCode));
        Assert.Equal("nosniff", seen.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("/migrations")]
    [InlineData("/login")]
    [InlineData("/no-such-page")]
    public async Task Page_RunsScriptsOfOursAlone(string path)
    {
        using var first = await shared.Browser.GetAsync(path, Token);
        using var second = await shared.Browser.GetAsync(path, Token);

        var policy = first.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'", policy, StringComparison.Ordinal);
        Assert.NotEqual(policy, second.Headers.GetValues("Content-Security-Policy").Single());
        var nonce = Nonce().Match(policy).Groups[1].Value;
        var scripts = Script().Matches(await first.Content.ReadAsStringAsync(Token)).Select(s => WebUtility.HtmlDecode(s.Value)).ToList();
        Assert.Contains(scripts, s => s.Contains("importmap", StringComparison.Ordinal));
        Assert.All(scripts, s => Assert.True(s.Contains(" src=\"", StringComparison.Ordinal) || s.Contains($" nonce=\"{nonce}\"", StringComparison.Ordinal), s));
    }

    [Fact]
    public async Task Answer_WithoutScriptsOfItsOwn_RunsNoneInline()
    {
        using var docs = await shared.Browser.GetAsync("/docs/index.html", Token);

        Assert.Contains("; script-src 'self'; ", docs.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/migrations", true)]
    [InlineData("/v1/management/migrations", true)]
    [InlineData("/audit-log.csv", true)]
    [InlineData("/css/base.css", false)]
    public async Task Answer_ThatTakesASession_IsKeptInNoCache(string path, bool expected)
    {
        using var answer = await shared.Browser.GetAsync(path, Token);

        Assert.Equal((HttpStatusCode.OK, expected), (answer.StatusCode, answer.Headers.CacheControl?.NoStore ?? false));
    }

    [Fact]
    public async Task PublicUrl_OfHttps_MakesCookiesSecureAndLeavesTheAddressToTheProxy()
    {
        using var browser = shared.Host.CreateClient();

        using var turned = await browser.GetAsync("/migrations", Token);
        using var page = await browser.GetAsync("/login", Token);
        using var entered = await browser.GetAsync("/login?token=" + shared.Host.Get<SignInLinks>().Create(BootstrapKey.Id), Token);

        Assert.Equal("/login?ReturnUrl=%2Fmigrations", turned.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        string[] cookies = [.. page.Headers.GetValues("Set-Cookie"), .. entered.Headers.GetValues("Set-Cookie")];
        Assert.Contains(cookies, c => c.StartsWith("gateflow=", StringComparison.Ordinal));
        Assert.Contains(cookies, c => c.StartsWith(".AspNetCore.Antiforgery", StringComparison.Ordinal));
        Assert.All(cookies, c => Assert.Contains("; secure", c, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task SignIn_TriedTooOftenBehindAProxy_SlowsThatCallerAlone()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.Redirect, await TryAsync("198.51.100.7"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync("198.51.100.7"));
        Assert.Equal(HttpStatusCode.Redirect, await TryAsync("198.51.100.8"));
    }

    private async Task<HttpStatusCode> TryAsync(string caller)
    {
        using var browser = shared.Host.CreateClient();
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", caller);
        using var form = new FormUrlEncodedContent([new("key", "guess")]);
        using var answer = await browser.PostAsync("/login", form, Token);
        return answer.StatusCode;
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string header, string value)
    {
        var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Post ? new StringContent("{}", Encoding.UTF8, "application/json") : null };
        request.Headers.Add(header, value);
        return request;
    }

    [GeneratedRegex(@"; script-src 'self' 'nonce-([A-Za-z0-9+/=]{24})'; ")]
    private static partial Regex Nonce();

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex Script();

    public sealed class Shared : IAsyncLifetime
    {
        public GateflowHost Host { get; private set; } = null!;

        /// <summary>Signed in; its cookie is sent by hand, as it is for https alone.</summary>
        public HttpClient Browser { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Host = await GateflowHost.StartAsync(new Dictionary<string, string?> { ["Gateflow:PublicUrl"] = Public, ["Gateflow:TrustedProxies"] = "127.0.0.1" });
            using var entered = await Host.Client.GetAsync("/login?token=" + Host.Get<SignInLinks>().Create(BootstrapKey.Id), Token);
            Browser = Host.CreateClient();
            Browser.DefaultRequestHeaders.Add("Cookie", entered.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("gateflow=", StringComparison.Ordinal)).Split(';')[0]);
        }

        public async ValueTask DisposeAsync()
        {
            Browser.Dispose();
            await Host.DisposeAsync();
        }
    }
}
