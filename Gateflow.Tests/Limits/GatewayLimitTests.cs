using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Gateflow.Core.Access;
using Gateflow.Core.Limits;
using Gateflow.Core.Rollout;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Limits;

public sealed class GatewayLimitTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider clock = new(Noon);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_OverRequestsAMinute_Is429WithBothHeaderStylesUntilTheMinuteIsOver()
    {
        await using var host = await StartAsync(new KeyLimits { Rpm = 2 });
        using var first = await host.PostAsync(GatewayHost.Chat());
        Headers(first, ("X-RateLimit-Limit", "2"), ("X-RateLimit-Remaining", "1"), ("X-RateLimit-Reset", Epoch(61)));
        Headers(first, ("X-RateLimit-Limit-Requests", "2"), ("X-RateLimit-Remaining-Requests", "1"), ("X-RateLimit-Reset-Requests", "61"), ("Retry-After", null));
        Headers(first, ("X-RateLimit-Limit-Tokens", null), ("X-RateLimit-Limit-Daily-Requests", null));
        await host.RecordAsync();
        clock.Advance(TimeSpan.FromSeconds(20));
        using var second = await host.PostAsync(GatewayHost.Chat());
        await host.RecordAsync();

        using var third = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (second.StatusCode, third.StatusCode));
        Headers(third, ("Retry-After", "41"), ("X-RateLimit-Limit", "2"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", Epoch(20 + 41)));
        Headers(third, ("X-RateLimit-Remaining-Requests", "0"), ("X-RateLimit-Reset-Requests", "61"));
        await ErrorAsync(third, "rate_limit_exceeded", "rpm", "wait 41 s");
        Assert.Equal(2, host.Upstream.Requests.Count);
        var record = await host.RecordAsync();
        Assert.Equal((OutcomeKind.Refused, 429, "rate_limit_exceeded", "gpt-4", 0), (record.Outcome, record.Status, record.ErrorCode, record.Model, record.Attempts));
        Assert.Equal(("key_1", "chat", null), (record.KeyId, record.Feature, record.ServedModel));
        clock.Advance(TimeSpan.FromSeconds(41));
        using var fourth = await host.PostAsync(GatewayHost.Chat());
        Assert.Equal(HttpStatusCode.OK, fourth.StatusCode);
    }

    /// <summary>Else limits could be passed by sending bodies longer than a minute.</summary>
    [Fact]
    public async Task Post_BodyThatComesLate_CountsWhenItHasCome()
    {
        await using var host = await StartAsync(new KeyLimits { Rpm = 2 });
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Wait.Limit }) { BaseAddress = host.Client.BaseAddress };
        var (first, second) = (new LateContent(GatewayHost.Chat()), new LateContent(GatewayHost.Chat()));
        var answers = new[] { first, second }.Select(content => client.SendAsync(Late(content), Cancel)).ToList();
        await Task.WhenAll(first.Wanted, second.Wanted).WaitAsync(Wait.Limit, Cancel);
        clock.Advance(TimeSpan.FromSeconds(62));
        using var quick = await host.PostAsync(GatewayHost.Chat());

        first.Send();
        using var one = await answers[0];
        second.Send();
        using var two = await answers[1];

        Assert.Equal([200, 200, 429], new[] { quick, one, two }.Select(r => (int)r.StatusCode));
        Headers(two, ("Retry-After", "61"), ("X-RateLimit-Reset", Epoch(62 + 61)));
    }

    [Fact]
    public async Task Post_Tokens_AreReservedAndSettledWithWhatWasUsed()
    {
        await using var host = await StartAsync(new KeyLimits { Tpm = 100 });

        using var small = await host.PostAsync(GatewayHost.Chat(more: ""","max_tokens":50"""));
        await host.RecordAsync();
        Headers(small, ("X-RateLimit-Limit-Tokens", "100"), ("X-RateLimit-Remaining-Tokens", (100 - 50 - 3).ToString(CultureInfo.InvariantCulture)), ("X-RateLimit-Limit", "100"));
        using var more = await host.PostAsync(GatewayHost.Chat(more: ""","max_tokens":60""")); // 16 used, 63 reserved
        await host.RecordAsync();
        using var refused = await host.PostAsync(GatewayHost.Chat(more: ""","max_tokens":90"""));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (more.StatusCode, refused.StatusCode));
        Headers(more, ("X-RateLimit-Remaining-Tokens", (100 - 16 - 63).ToString(CultureInfo.InvariantCulture)));
        Headers(refused, ("Retry-After", "61"), ("X-RateLimit-Remaining-Tokens", (100 - 16 - 16).ToString(CultureInfo.InvariantCulture)));
        await ErrorAsync(refused, "rate_limit_exceeded", "tpm", "68 are left");
    }

    [Fact]
    public async Task Post_MonthSpent_IsRefusedAndNotTriedAgainByClients()
    {
        await using var host = await StartAsync(new KeyLimits { MonthlyCostUsd = 0.001m });
        using var first = await host.PostAsync(GatewayHost.Chat()); // 11 × 30 + 5 × 60 USD a million
        await host.RecordAsync();
        using var second = await host.PostAsync(GatewayHost.Chat());
        await host.RecordAsync();

        using var third = await host.PostAsync(GatewayHost.Chat());

        Headers(second, ("X-RateLimit-Remaining-Monthly-Cost-Usd", "0.00037"), ("X-RateLimit-Limit-Monthly-Cost-Usd", "0.001"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (second.StatusCode, third.StatusCode));
        Headers(third, ("x-should-retry", "false"), ("Retry-After", ((5 * 86_400) + 43_200).ToString(CultureInfo.InvariantCulture)));
        await ErrorAsync(third, "quota_exceeded", "monthly_cost_usd", "until the month ends");
    }

    [Fact]
    public async Task Post_CallerBreaksOffAStream_WhatCameIsPaid()
    {
        await using var host = await StartAsync(new KeyLimits { MonthlyCostUsd = 0.006m });
        host.Upstream.Answer = async (http, _) =>
        {
            await FakeUpstream.Events(http, FakeUpstream.Delta(new string('x', 400)));
            await FakeUpstream.Silence(http);
        };

        using (var broken = await host.PostAsync(GatewayHost.Chat(more: ""","stream":true""")))
        {
            await using var stream = await broken.Content.ReadAsStreamAsync(Cancel);
            await stream.ReadExactlyAsync(new byte[400], Cancel);
        }

        var record = await host.RecordAsync();
        using var next = await host.PostAsync(GatewayHost.Chat());
        Assert.Equal((OutcomeKind.ClientCancel, null, true), (record.Outcome, record.ServedModel, record.TokensEstimated));
        Assert.Equal(((3 * 30m) + (100 * 60m)) / 1_000_000, record.Cost);
        Assert.Equal(HttpStatusCode.TooManyRequests, next.StatusCode);
    }

    [Fact]
    public async Task Post_DaySpent_IsRefusedUntilMidnight()
    {
        await using var host = await StartAsync(new KeyLimits { DailyRequests = 1 });
        using var first = await host.PostAsync(GatewayHost.Chat());
        using var second = await host.PostAsync(GatewayHost.Chat());
        clock.Advance(TimeSpan.FromHours(12));
        using var third = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal([200, 429, 200], new[] { first, second, third }.Select(r => (int)r.StatusCode));
        Headers(second, ("Retry-After", "43200"), ("X-RateLimit-Remaining-Daily-Requests", "0"));
    }

    [Fact]
    public async Task Post_OverItsLimit_NeverFallsBackAndIsNoOutcomeOfTheTarget()
    {
        await using var host = await StartAsync(new KeyLimits { Rpm = 1 }, weight: 10_000);
        using var first = await host.PostAsync(GatewayHost.Chat());
        await host.RecordAsync();

        using var second = await host.PostAsync(GatewayHost.Chat(more: ""","gateflow":{"fallbacks":["gpt-4o"]}"""));

        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal("gpt-4o-upstream", Assert.Single(host.Upstream.Requests).Model);
        var record = await host.RecordAsync();
        Assert.Equal((Arm.None, null, null), (record.Arm, record.MigrationId, record.FallbackReason));
    }

    [Fact]
    public async Task Post_RequestThatCannotBeServed_GivesItsTokensBack()
    {
        await using var host = await StartAsync(new KeyLimits { Tpm = 100 });

        using var unserved = await host.PostAsync(GatewayHost.Chat("gpt-dead", ""","max_tokens":90"""));
        using var served = await host.PostAsync(GatewayHost.Chat(more: ""","max_tokens":90"""));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (unserved.StatusCode, served.StatusCode));
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "99")]
    public async Task Post_ProvidersOwnLimits_AreNotMixedWithTheKeys(bool limited, string? tokensLeft)
    {
        await using var host = await StartAsync(limited ? new KeyLimits { Rpm = 5 } : null);
        host.Upstream.Answer = (http, model) =>
        {
            http.Response.Headers["x-ratelimit-remaining-requests"] = "7000";
            http.Response.Headers["x-ratelimit-remaining-tokens"] = "99";
            return FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));
        };

        using var response = await host.PostAsync(GatewayHost.Chat());

        Headers(response, ("x-ratelimit-remaining-requests", limited ? "4" : "7000"), ("x-ratelimit-remaining-tokens", tokensLeft));
    }

    [Theory]
    [InlineData("127.0.0.1", null, null, 200)]
    [InlineData("127.0.0.0/8", null, null, 200)]
    [InlineData("192.0.2.0/24", null, null, 403)]
    [InlineData("192.0.2.0/24", null, "192.0.2.9", 403)]
    [InlineData("192.0.2.0/24", "127.0.0.1", "192.0.2.9", 200)]
    [InlineData("192.0.2.0/24", "127.0.0.1", "192.0.2.9, 203.0.113.1", 403)]
    [InlineData("127.0.0.1", "127.0.0.1", "203.0.113.1", 403)]
    public async Task Post_Address_IsCheckedBehindTrustedProxiesOnly(string allowed, string? proxy, string? forwarded, int status)
    {
        await using var host = await StartAsync(null, configure: o => o.TrustedProxies = AddressRanges.Of(proxy is null ? [] : [proxy]));
        Use(host, key => key with { AllowedAddresses = AddressRanges.Of([allowed]) });

        using var response = await host.PostAsync(GatewayHost.Chat(), forwarded is null ? [] : [("X-Forwarded-For", forwarded)]);
        using var models = await host.Client.GetAsync("/v1/models", Cancel);

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 403)
        {
            await ErrorAsync(response, "ip_not_allowed", null, "allowed_ips", "permission_error");
            var record = await host.RecordAsync();
            Assert.Equal((OutcomeKind.Refused, 403, "", "ip_not_allowed"), (record.Outcome, record.Status, record.Model, record.ErrorCode));
            Assert.Empty(host.Upstream.Requests);
        }
    }

    private async Task<GatewayHost> StartAsync(KeyLimits? limits, int? weight = null, Action<Gateflow.Gateway.GatewayOptions>? configure = null)
    {
        var host = await GatewayHost.StartAsync(weight, configure: configure, time: clock);
        Use(host, key => key with { Limits = limits });
        return host;
    }

    private static void Use(GatewayHost host, Func<KeyEntry, KeyEntry> change) =>
        host.Table = host.Table with { Keys = host.Table.Keys.ToFrozenDictionary(k => k.Key, k => change(k.Value)) };

    /// <summary>The body is sent only once the gateway wants it.</summary>
    private static HttpRequestMessage Late(LateContent content) => new(HttpMethod.Post, "/v1/chat/completions")
    {
        Content = content,
        Headers = { Authorization = new("Bearer", GatewayHost.Key), ExpectContinue = true },
    };

    private static string Epoch(int seconds) => Noon.AddSeconds(seconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static void Headers(HttpResponseMessage response, params (string Name, string? Value)[] headers)
    {
        foreach (var (name, value) in headers)
        {
            Assert.Equal((name, value), (name, PassThroughTests.Header(response, name)));
        }
    }

    private sealed class LateContent(string body) : HttpContent
    {
        private readonly TaskCompletionSource wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Wanted => wanted.Task;

        public void Send() => sent.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            wanted.SetResult();
            await sent.Task;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(body), Cancel);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }

    private static async Task ErrorAsync(HttpResponseMessage response, string code, string? param, string message, string type = "rate_limit_error")
    {
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
        var error = json.RootElement.GetProperty("error");
        Assert.Equal((type, code, param), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
