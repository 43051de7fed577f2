; Part of the Windows installer (electron-builder): registers the relay with the browsers for the whole
; machine, and starts the agent for whoever signs in. HKLM only: pupils cannot write there.
; Silent installation by Group Policy or device management: Lapwing-Setup.exe /S

!define RELAY_NAME "org.lapwing.relay"

!macro customInstall
  SetRegView 64
  WriteRegStr HKLM "SOFTWARE\Google\Chrome\NativeMessagingHosts\${RELAY_NAME}" "" "$INSTDIR\resources\managed\native-host\windows-chromium.json"
  WriteRegStr HKLM "SOFTWARE\Microsoft\Edge\NativeMessagingHosts\${RELAY_NAME}" "" "$INSTDIR\resources\managed\native-host\windows-chromium.json"
  WriteRegStr HKLM "SOFTWARE\Mozilla\NativeMessagingHosts\${RELAY_NAME}" "" "$INSTDIR\resources\managed\native-host\windows-firefox.json"
  WriteRegStr HKLM "SOFTWARE\Microsoft\Windows\CurrentVersion\Run" "Lapwing" '"$INSTDIR\Lapwing.exe"'
!macroend

!macro customUnInstall
  SetRegView 64
  DeleteRegKey HKLM "SOFTWARE\Google\Chrome\NativeMessagingHosts\${RELAY_NAME}"
  DeleteRegKey HKLM "SOFTWARE\Microsoft\Edge\NativeMessagingHosts\${RELAY_NAME}"
  DeleteRegKey HKLM "SOFTWARE\Mozilla\NativeMessagingHosts\${RELAY_NAME}"
  DeleteRegValue HKLM "SOFTWARE\Microsoft\Windows\CurrentVersion\Run" "Lapwing"
!macroend
