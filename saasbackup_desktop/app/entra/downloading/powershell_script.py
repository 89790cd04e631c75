"""The script for PowerShell: with Invoke-MgGraphRequest, in Windows PowerShell 5.1 and in PowerShell 7."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.entra.downloading.acts import Act, Bring, numbered, verb
from saasbackup_desktop.app.entra.downloading.quoting import Password, body_parts, parts, plain, powershell
from saasbackup_desktop.app.words.entra.download import SCRIPT_TITLE
from saasbackup_desktop.core.directory.plan import Write

_BEGIN: Final = r"""
[CmdletBinding()]
param([switch]$Apply)
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$made = Join-Path $PSScriptRoot 'apply.ids'
$secrets = Join-Path $PSScriptRoot 'apply.passwords'
$done = 0; $same = 0; $failed = 0
$number = 0; $title = ''; $isThere = $false; $isNew = $false; $password = ''; $status = 0; $answer = $null
$id = @{}

function Send-Request([string]$Method, [string]$Path, [string]$Body = '') {
    if ($Path.StartsWith('/beta/')) { $uri = $Path } else { $uri = "/v1.0$Path" }
    $request = @{
        Method = $Method; Uri = $uri; OutputType = 'Hashtable'
        SkipHttpErrorCheck = $true; StatusCodeVariable = 'code'
    }
    if ($Body) { $request['Body'] = $Body; $request['ContentType'] = 'application/json' }
    $code = 0
    try { $script:answer = Invoke-MgGraphRequest @request } catch {
        $script:answer = @{ error = @{ message = $_.Exception.Message } }
        if ($code -lt 300) { $code = 0 }
    }
    $script:status = [int]$code
}

function Test-Well { return ($script:status -ge 200) -and ($script:status -lt 300) }

function Get-Reason {
    if (($script:answer -is [hashtable]) -and $script:answer.ContainsKey('error')) {
        return [string]$script:answer['error']['message']
    }
    return ''
}

function Show-Request([string]$Method, [string]$Path, [string]$Body = '') {
    Write-Output "$Method $Path"
    if ($Body) { Write-Output $Body }
}

function Write-Refused([string]$Method, [string]$Path) {
    $script:failed++
    Write-Warning ("FAILED {0}: {1} {2}: {3} {4}" -f $script:title, $Method, $Path, $script:status, (Get-Reason))
}

function Start-Object([int]$Number, [string]$Key, [string]$Name) {
    $script:number = $Number; $script:title = "$Key ($Name)"
    $script:isThere = $false; $script:isNew = $false; $script:password = ''; $script:isSettled = $false
    if (-not $Apply) { Write-Output ''; Write-Output $script:title }
}

function Find-Object([string]$Path) {
    if (-not $Apply) { Show-Request 'GET' $Path; return }
    Send-Request 'GET' $Path
    if (Test-Well) { $script:isThere = $true; $script:isSettled = $true; return }
    if ($script:status -ne 404) { Write-Refused 'GET' $Path; $script:isSettled = $true }
}

function Restore-Object([string]$Method, [string]$Path, [string]$Body = '') {
    if (-not $Apply) { Show-Request $Method $Path $Body; return }
    if ($script:isSettled) { return }
    Send-Request $Method $Path $Body
    if (Test-Well) {
        $script:isThere = $true; $script:isSettled = $true; $script:done++; Write-Output "Revived $($script:title)"
    } elseif ($script:status -ne 404) { Write-Refused $Method $Path; $script:isSettled = $true }
}

function New-Password {
    if (-not $Apply) { $script:password = '(made up when it is sent)'; return }
    $bytes = New-Object byte[] 24
    $source = [System.Security.Cryptography.RandomNumberGenerator]::Create()
    try { $source.GetBytes($bytes) } finally { $source.Dispose() }
    $script:password = ([Convert]::ToBase64String($bytes) -replace '[^A-Za-z0-9]', 'x') + '-Aa1'
}

function Protect-File([string]$Path) {
    if (Test-Path -LiteralPath $Path) { return }
    $null = New-Item -ItemType File -Path $Path
    if (($PSVersionTable.PSVersion.Major -ge 6) -and (-not $IsWindows)) { & chmod 600 $Path }
}

function Set-NewId([int]$Number, [string]$Property) {
    if (($script:answer -is [hashtable]) -and $script:answer.ContainsKey($Property)) {
        $new = [string]$script:answer[$Property]
        if ($new -cmatch '^[A-Za-z0-9._~@-]+$') {
            $id[$Number] = $new
            Add-Content -LiteralPath $made -Encoding ASCII -Value "$Number`t$new"
        }
    }
}

function Add-Object([string]$Method, [string]$Path, [string]$Body = '') {
    if (-not $Apply) { Show-Request $Method $Path $Body; return }
    if ($script:isSettled) { return }
    Send-Request $Method $Path $Body
    if (-not (Test-Well)) { Write-Refused $Method $Path; return }
    $script:isThere = $true; $script:isNew = $true; $script:done++
    Write-Output "Made $($script:title)"
    if ($script:password) {
        Protect-File $secrets
        Add-Content -LiteralPath $secrets -Encoding UTF8 -Value "$($script:title)`t$($script:password)"
    }
    Set-NewId $script:number 'id'
}

function Add-AlsoNew([int]$Number, [string]$Property) { if ($script:isNew) { Set-NewId $Number $Property } }

function Write-Missing {
    if ((-not $Apply) -or $script:isSettled) { return }
    $script:failed++
    Write-Warning "FAILED $($script:title): it is not there and cannot be made."
}

function Update-Object([string]$Method, [string]$Path, [string]$Body = '') {
    if (-not $Apply) { Show-Request $Method $Path $Body; return }
    if ((-not $script:isThere) -or $script:isNew) { return }
    Send-Request $Method $Path $Body
    if (Test-Well) { $script:done++; Write-Output "Set $($script:title)" } else { Write-Refused $Method $Path }
}

function Send-Write([string]$Title, [string]$Method, [string]$Path, [string]$Body = '') {
    $script:title = $Title
    if (-not $Apply) { Write-Output ''; Write-Output $Title; Show-Request $Method $Path $Body; return }
    Send-Request $Method $Path $Body
    if (Test-Well) { $script:done++; Write-Output "Done $Title"; return }
    $isSo = (Get-Reason) -match 'already exist|conflicting object'
    if ($isSo -and ($script:status -in 400, 409)) { $script:same++; return }
    Write-Refused $Method $Path
}
"""
_SIGN_IN: Final = r"""
if ($Apply) {
    if (-not (Get-MgContext)) { throw 'Sign in first: Connect-MgGraph (README.txt says how).' }
    if (Test-Path -LiteralPath $made) {
        foreach ($line in Get-Content -LiteralPath $made) {
            if ($line -cmatch '^([0-9]+)\t([A-Za-z0-9._~@-]+)$') { $id[[int]$Matches[1]] = $Matches[2] }
        }
    }
}
"""
_END: Final = r"""
if (-not $Apply) {
    Write-Warning 'Nothing was sent. To send it: ./apply.ps1 -Apply'
    exit 0
}
Write-Output ("{0} done, {1} so already, {2} failed." -f $done, $same, $failed)
if (Test-Path -LiteralPath $secrets) {
    Write-Warning "New passwords are in ${secrets}: hand them over, then delete it."
}
exit ([int]($failed -ne 0))
"""


def powershell_script(acts: Sequence[Act]) -> Iterator[str]:
    """The script's lines, each with its end."""
    numbers = numbered(acts)
    yield f"#Requires -Modules Microsoft.Graph.Authentication\n# {SCRIPT_TITLE}\n"
    yield _BEGIN
    yield "\n"
    for id, number in numbers.items():
        yield f"$id[{number}] = {powershell([id])}\n"
    yield _SIGN_IN
    for act in acts:
        yield "\n"
        yield from _bring(act, numbers) if isinstance(act, Bring) else _write(act, numbers)
    yield _END


def _bring(act: Bring, numbers: Mapping[str, int]) -> Iterator[str]:
    yield f"Start-Object {numbers.get(act.id, 0)} {powershell([plain(act.key)])} {powershell([plain(act.name)])}\n"
    if act.look:
        yield f"Find-Object {powershell(parts(act.look, numbers))}\n"
    if act.revive is not None:
        yield f"Restore-Object {_request(act.revive, numbers)}\n"
    if act.create is not None:
        request = _request(act.create, numbers)
        if Password() in body_parts(act.create, numbers):
            yield "New-Password\n"
        yield f"Add-Object {request}\n"
        for name, old in act.create.also.items():
            yield f"Add-AlsoNew {numbers[old]} {powershell([name])}\n"
    elif act.look:
        yield "Write-Missing\n"
    else:
        yield "$isThere = $true\n"
    for one in act.updates:
        yield f"Update-Object {_request(one, numbers)}\n"


def _write(act: Write, numbers: Mapping[str, int]) -> Iterator[str]:
    to = f" > {act.path_of_link} > {act.target_name or act.target}" if act.path_of_link else ""
    title = plain(f"{act.kind}/{act.id} ({act.name}){to}")
    yield f"Send-Write {powershell([title])} {_request(act, numbers)}\n"


def _request(write: Write, numbers: Mapping[str, int]) -> str:
    path = powershell(parts(write.path, numbers))
    body = body_parts(write, numbers)
    return f"'{verb(write)}' {path}" + (f" {powershell(body)}" if body else "")
