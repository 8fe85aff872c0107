using System.Text;
using System.Text.Json;
using Gateflow.Core.Privacy;
using Gateflow.Core.Usage;
using Gateflow.Tests.Usage;

namespace Gateflow.Tests.Privacy;

public sealed class RedactionTests
{
    private static readonly Redaction Everything = new(Redactions.All);

    [Theory]
    [InlineData("Write to anna.müller+x@mail.example.co.uk today.", "Write to [email] today.")]
    [InlineData("Call +49 (0)30 1234-5678 or 030/12345678 now", "Call [phone] or [phone] now")]
    [InlineData("(415) 555-0132", "[phone]")]
    [InlineData("Card 4111 1111 1111 1111, not 4111 1111 1111 1112.", "Card [card], not 4111 1111 1111 1112.")]
    [InlineData("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [iban] please")]
    [InlineData("GB82WEST12345698765432.", "[iban].")]
    [InlineData("from DE89370400440532013000 to GB82WEST12345698765432", "from [iban] to [iban]")]
    [InlineData("Invoice RE12 from DE89 3704 0044 0532 0130 00 is paid", "Invoice RE12 from [iban] is paid")]
    [InlineData("use sk-proj-abcdefghijklmnop1234 here", "use [key] here")]
    [InlineData("token ghp_abcdefghijklmnopqrstuvwxyz0123456789", "token [key]")]
    [InlineData("password: hunter22 and api_key=\"abc123def456\"", "password: [key] and api_key=\"[key]\"")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc", "[key]")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "[key]")]
    [InlineData("On 01.02.2026 10:30 order 48213 of 2026-11-28 cost 1,299.50 EUR, version 10.0.14", "On 01.02.2026 10:30 order 48213 of 2026-11-28 cost 1,299.50 EUR, version 10.0.14")]
    [InlineData("commit 8a1ca5a7f03f10f1dbd1dd9bfea7e5b5e1f14d05 of the-long-name-of-some-branch-here", "commit 8a1ca5a7f03f10f1dbd1dd9bfea7e5b5e1f14d05 of the-long-name-of-some-branch-here")]
    public void Apply_Text_TakesPersonalDataAndLeavesTheRest(string text, string expected) => Assert.Equal(expected, Everything.Apply(text));

    [Fact]
    public void Apply_OneKind_LeavesTheOthersAndWrongCheckDigits()
    {
        Assert.Equal("[email], +49 30 12345678", new Redaction(Redactions.Email).Apply("a@b.example, +49 30 12345678"));
        Assert.Equal("DE88 3704 0044 0532 0130 00", new Redaction(Redactions.Iban).Apply("DE88 3704 0044 0532 0130 00"));
        Assert.Equal("No. 12 [card] 30, 4111 1111 1111 1112", new Redaction(Redactions.Card).Apply("No. 12 4111 1111 1111 1111 30, 4111 1111 1111 1112"));
    }

    [Fact]
    public void Apply_Request_KeepsItsStructure()
    {
        const string Request = """
            {"model":"gpt-4","user":"anna@example.com","temperature":0.2,"seed":4111111111111111,"messages":[
              {"role":"user","content":[{"type":"text","text":"I am a@b.example"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"}}]},
              {"role":"assistant","tool_calls":[{"id":"call_AbCdEfGhIjKlMnOpQrStUvWxYz012345","type":"function","function":{"name":"find","arguments":"{\"phone\": \"+49 30 12345678\", \"card\": 4111111111111111, \"n\": 3}"}}]},
              {"role":"tool","tool_call_id":"call_AbCdEfGhIjKlMnOpQrStUvWxYz012345","content":"found"}]}
            """;

        var json = JsonElement.Parse(Encoding.UTF8.GetString(Everything.Apply(Encoding.UTF8.GetBytes(Request))!.Value.Span));

        Assert.Equal(("gpt-4", "[email]", 0.2, "[card]"), (json.GetProperty("model").GetString(), json.GetProperty("user").GetString(), json.GetProperty("temperature").GetDouble(), json.GetProperty("seed").GetString()));
        var messages = json.GetProperty("messages");
        Assert.Equal("I am [email]", messages[0].GetProperty("content")[0].GetProperty("text").GetString());
        Assert.EndsWith("AAAfFcSJ", messages[0].GetProperty("content")[1].GetProperty("image_url").GetProperty("url").GetString(), StringComparison.Ordinal);
        var call = messages[1].GetProperty("tool_calls")[0];
        Assert.Equal(messages[2].GetProperty("tool_call_id").GetString(), call.GetProperty("id").GetString());
        Assert.Equal("""{"phone":"[phone]","card":"[card]","n":3}""", call.GetProperty("function").GetProperty("arguments").GetString());
        Assert.Null(Everything.Apply("no json"u8.ToArray()));
    }

    [Theory]
    [InlineData("""{"password":"hunter2hunter","user":"ann"}""", """{"password":"[key]","user":"ann"}""")]
    [InlineData("""{"clientSecret":"a b","api_key":4711,"x-access-token":["t"]}""", """{"clientSecret":"[key]","api_key":"[key]","x-access-token":["[key]"]}""")]
    [InlineData("""{"arguments":"{\"password\":\"hunter2\"}"}""", """{"arguments":"{\"password\":\"[key]\"}"}""")]
    [InlineData("""{"properties":{"password":{"type":"string"}},"required":["password"],"secret":true}""", """{"properties":{"password":{"type":"string"}},"required":["password"],"secret":true}""")]
    public void Apply_MemberWithASecretsName_TakesItsValue(string json, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(Everything.Apply(Encoding.UTF8.GetBytes(json))!.Value.Span));

    [Fact]
    public void Apply_TextThatLooksLikeMediaAtFirst_IsLookedAt()
    {
        var long64 = string.Concat(Enumerable.Repeat("aB3+/", 50));
        var json = $$$"""{"a":"data: a@b.example","b":"data:text/plain;base64,aGk= a@b.example","data":"{{{new string('x', 200)}}},a@b.example","c":{"data":"{{{long64}}}"},"d":{"data":"AKIAIOSFODNN7EXAMPLE"}}""";

        var clean = JsonElement.Parse(Encoding.UTF8.GetString(Everything.Apply(Encoding.UTF8.GetBytes(json))!.Value.Span));

        Assert.Equal("data: [email]", clean.GetProperty("a").GetString());
        Assert.EndsWith(" [email]", clean.GetProperty("b").GetString(), StringComparison.Ordinal);
        Assert.EndsWith(",[email]", clean.GetProperty("data").GetString(), StringComparison.Ordinal);
        Assert.Equal(long64, clean.GetProperty("c").GetProperty("data").GetString());
        Assert.Equal("[key]", clean.GetProperty("d").GetProperty("data").GetString());
    }

    [Fact]
    public void Apply_Again_ChangesNothing()
    {
        const string Text = "a@b.example +49 30 12345678 4111 1111 1111 1111 DE89 3704 0044 0532 0130 00 sk-proj-abcdefghijklmnop1234";

        var once = Everything.Apply(Text);

        Assert.Equal("[email] [phone] [card] [iban] [key]", once);
        Assert.Equal(once, Everything.Apply(once));
    }

    /// <summary>A request of adversarial texts must not hold the recorder up.</summary>
    [Fact]
    public void Apply_LongText_TakesLinearTime()
    {
        foreach (var part in new[] { "a.a@", "0 ", "1-", "DE89 ", "DE89 3704 0044 0532 0130 00 ", "RE12 aa", "eyJaaaaaaaa.", "password=", "+49 " })
        {
            var text = string.Concat(Enumerable.Repeat(part, 200_000 / part.Length));
            var started = TimeProvider.System.GetTimestamp();

            Everything.Apply(text);

            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(10), part);
        }
    }

    [Fact]
    public void Spool_BodiesOnDisk_AreRedactedToo()
    {
        var folder = Directory.CreateTempSubdirectory("gateflow-spool-");
        var spool = new RecorderSpool(folder.FullName, new FlippingProtector(), new SamplePolicy(new SampleOptions { Redact = Redactions.All }));

        spool.Append(new UsageBatch
        {
            Id = Guid.CreateVersion7(), Requests = 1, Rollups = [], Users = [], Windows = [], Rows = [], Samples = [Requests.Create(body: """{"text":"a@b.example"}""")],
        });

        Assert.Equal("""{"text":"[email]"}""", Encoding.UTF8.GetString(spool.TryRead(spool.Oldest()!)!.Samples[0].RequestBody.Span));
        folder.Delete(recursive: true);
    }
}
