using System.Net;
using Gateflow.Tests.Composition;
using static Gateflow.Tests.Catalog.CatalogCalls;

namespace Gateflow.Tests.Catalog;

/// <summary>Facts and files that make no sense: told plainly, and nothing changes.</summary>
public sealed class CatalogBadInputTests(GateflowFixture fixture) : IClassFixture<GateflowFixture>
{
    [Theory]
    [InlineData("""{"retires_on": "2020-01-01"}""", "retires_on", "before released")]
    [InlineData("""{"retires_on": "2026-02-30"}""", "retires_on", "not a date")]
    [InlineData("""{"released": "0001-01-01"}""", "released", "no plausible date")]
    [InlineData("""{"not_retired_before": "2030-01-01"}""", "retires_on", "before not_retired_before")]
    [InlineData("""{"price": {"input": -1} }""", "price", "negative")]
    [InlineData("""{"price": {"input": 2500000} }""", "price", "check the unit")]
    [InlineData("""{"price": {"inptu": 1} }""", "price", "no 'inptu'")]
    [InlineData("""{"context_window": 12.5}""", "context_window", "whole number")]
    [InlineData("""{"max_input_tokens": 900000}""", "max_input_tokens", "more than context_window")]
    [InlineData("""{"capabilities": ["telepathy"]}""", "capabilities", "not a capability")]
    [InlineData("""{"colour": "blue"}""", "colour", "not known")]
    [InlineData("""{"source": "nothing said"}""", "", "states no fact")]
    public async Task Patch_Nonsense_IsToldAndChangesNothing(string body, string param, string told)
    {
        var (status, answer) = await CallAsync(fixture.Host, "PATCH", "/models/openai/gpt-4o", body);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, Text(answer["error"]!["details"]![0]!, "param")));
        Assert.Contains(told, Text(answer["error"]!, "message"), StringComparison.Ordinal);
        Assert.Empty((await MustAsync(fixture.Host, "GET", "/models?only=changed"))["data"]!.AsArray());
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("[1, 2]", "no JSON object")]
    [InlineData("{}", "carries no model")]
    [InlineData("""{"a": {"b": 1}}""", "'a' is neither")]
    [InlineData("""{"gpt-4o": {"litellm_provider": "openai", """, "not valid JSON: line 1")]
    public async Task Import_NoPriceFile_IsToldPlainly(string file, string told)
    {
        var (status, body) = await CallAsync(fixture.Host, "POST", "/catalog/imports", file);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(told, Text(body["error"]!, "message"), StringComparison.Ordinal);
    }
}
