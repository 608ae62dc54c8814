"""Headings of other people's lists, in Thai, English, Korean and Chinese, by the field that they mean; the best known ones first.

The questions' own labels, names and `headings` are not repeated here. A heading may stand at several fields: the first free one takes it.
"""

from __future__ import annotations

OTHER: dict[str, str] = {
    "latitude": """lat; latitude; lat.; latitute; lattitude; ละติจูด; ละติจุด; ละติจูต; แลตติจูด; ลัติจูด; ละจิจูด; เส้นรุ้ง; พิกัด lat; ค่าพิกัด lat; gps lat; gps_latitude; y; พิกัด y; ค่าพิกัด y;
        ycoord; y_coord; point_y; coord_y; coordinate y; wgsy; wgs84y; wgs84_lat; geo_lat; พิกัด n; n; 위도; 위도(y); wgs84위도; 위도(wgs84); 위도좌표; y좌표; 緯度; 纬度; y座標; y坐标; 緯度y; 緯度座標; 北緯; 座標y""",
    "longitude": """lng; long; lon; longitude; long.; longtitude; longtitute; ลองจิจูด; ลองติจูด; ลองกิจูด; ลองจิจุด; ลองจิจูต; ลองติจุด; เส้นแวง; พิกัด long; พิกัด lng; ค่าพิกัด long; gps long; gps lon; gps lng; gps_longitude;
        x; พิกัด x; ค่าพิกัด x; xcoord; x_coord; point_x; coord_x; coordinate x; wgsx; wgs84x; wgs84_lon; wgs84_lng; geo_lon; geo_lng; พิกัด e; e; 경도; 경도(x); wgs84경도; 경도(wgs84); 경도좌표; x좌표; 經度; 経度; 经度; x座標; x坐标; 經度x; 經度座標; 東經; 座標x""",
    "position": """พิกัด; พิกัด gps; พิกัดที่ตั้ง; ค่าพิกัด; พิกัดทางภูมิศาสตร์; พิกัดกล้อง; พิกัดจุดติดตั้ง; พิกัดตำแหน่ง; ละติจูด/ลองจิจูด; ละติจูด,ลองจิจูด; lat,long; lat/long; lat lng; latlng; latlong; lat-long; lat,lng; gps; gps position;
        gps coordinates; gps location; coordinates; coordinate; coord; geolocation; geo; position; google map; google maps; ลิงก์แผนที่; ลิงค์แผนที่; ลิงก์ google map; map link; แผนที่; mgrs; พิกัด mgrs; พิกัดที่ติดตั้ง; พิกัดติดตั้ง; พิกัดจุด; ตำแหน่งพิกัด; พิกัด (x,y); the_geom; geom; geometry; wkt; shape; geo_point_2d; geo_point; geo point; location 1; georeference; 좌표; 위치좌표; 위경도; 座標; 坐标; 經緯度; 经纬度; 地理位置""",
    "easting": "easting; utm e; utm_e; utm x; utm_x; utmx; พิกัด utm x; พิกัดตะวันออก; พิกัด e utm",
    "northing": "northing; utm n; utm_n; utm y; utm_y; utmy; พิกัด utm y; พิกัดเหนือ; พิกัด n utm",
    "zone": "zone; โซน; utm zone; โซนพิกัด; zone utm",
    "install_point": """ชื่อจุดติดตั้งกล้อง; ชื่อจุด; จุดติดตั้งกล้อง; จุดติดตั้ง; จุดที่ติดตั้ง; สถานที่ติดตั้ง; สถานที่ติดตั้งกล้อง; บริเวณที่ติดตั้ง; บริเวณจุดติดตั้ง; ตำแหน่งติดตั้ง; ตำแหน่งที่ติดตั้ง; ตำแหน่งกล้อง; จุดติดตั้ง cctv; รายการจุดติดตั้ง;
        จุดที่ตั้งกล้อง; ที่ตั้งกล้อง; ชื่อสถานที่; ชื่อสถานประกอบการ; ชื่อร้าน; รายละเอียดจุดติดตั้ง; รายการ; ชื่อ; ชื่อแยก; ชื่อเสา; จุด; บริเวณ; ตำแหน่ง; name; site name; site; point name; location name; installation point; installation location; install location; camera location; location; place name; title; intersection; where;
        설치장소; 설치장소명; 설치위치; 설치위치명; 설치지점; 지점명; 장소명; 설치장소(상세); 위치명; 위치; 장소; cctv명; 시설명; 安裝地點; 安装地点; 設置地點; 设置地点; 裝設地點; 架設地點; 設置位置; 安裝位置; 安装位置; 地點; 地点; 地點名稱; 路口名稱; 路口; 點位名稱; 点位名称; 監視器位置; 設置場所; 名稱; 名称""",
    "place": "สถานที่; สถานที่ตั้ง; place; venue; building; landmark; จุดสังเกต; อาคาร; 건물명; 장소; 場所; 地標",
    "house_no": "บ้านเลขที่; เลขที่บ้าน; เลขที่; house no",
    "moo": "หมู่ที่; หมู่; ม.; หมู่บ้าน; ชื่อหมู่บ้าน; ชุมชน; village; moo",
    "soi": "ซอย; ตรอก/ซอย; soi",
    "road": "ถนน; ชื่อถนน; ถนน/ทางหลวง; road",
    "address": """ที่ตั้ง; ที่อยู่; ที่อยู่จุดติดตั้ง; ถนน/ซอย; address; street address; street; full address; 현재주소; 도로명주소; 소재지도로명주소; 설치도로명주소; 새주소; 주소; 설치주소; 소재지; 소재지주소; 소재지지번주소; 지번주소; 구주소; 예전주소;
        地址; 住址; 設置地址; 安裝地址; 安装地址; 所在地; 住所; 詳細地址; 详细地址; 路段""",
    "label": """ชื่อกล้อง; หมายเลขกล้อง; เลขกล้อง; รหัสกล้อง; กล้องหมายเลข; เลขที่กล้อง; กล้องตัวที่; รหัส; รหัส cctv; camera id; camera no; camera no.; camera number; camera name; camera code; cam id; cam no; cam name; camera; cctv id; cctv no; cctv name; cctv code; device id; device name; id; code; asset; council_id;
        관리번호; 카메라번호; cctv번호; cctv관리번호; 카메라명; 카메라id; 고유번호; 번호; 攝影機編號; 攝影機名稱; 攝影機代號; 監視器編號; 監視器名稱; 鏡頭編號; 編號; 编号; 摄像头编号; 摄像机编号; 设备编号; 设备名称; 設備編號; 代碼; カメラ番号""",
    "asset_number": "เลขครุภัณฑ์; รหัสครุภัณฑ์; ครุภัณฑ์; เลขทะเบียนครุภัณฑ์; หมายเลขพัสดุ; asset no; asset no.; asset id; asset number; asset tag; inventory number; 자산번호; 財產編號; 资产编号; 資產編號",
    "owner_agency": """หน่วยงาน; ชื่อหน่วยงาน; ชื่อหน่วยงานเจ้าของ; หน่วยงาน/องค์กร; อปท.; ชื่อ อปท.; เทศบาล/อบต.; เจ้าของ; เจ้าของกล้อง; หน่วยงานเจ้าของ; หน่วยงานเจ้าของโครงการ; หน่วยงานที่ติดตั้ง; หน่วยงานผู้ติดตั้ง; หน่วยงานรับผิดชอบ; หน่วยงานที่รับผิดชอบ; หน่วยงานผู้รับผิดชอบ; หน่วยรับผิดชอบ; หน่วยงานที่ดูแล; หน่วยงานผู้ดูแล; สังกัด; ส่วนราชการ;
        owner; agency; organisation; organization; owner agency; department; operator; operated by; managed by; responsible agency; institution; 관리기관명; 관리기관; 기관명; 운영기관; 운영기관명; 관리부서; 관리부서명; 담당부서; 부서명; 관리주체;
        管理單位; 管理单位; 管理機關; 主管機關; 權責單位; 所屬單位; 所属单位; 業管單位; 單位; 单位; 產權單位; 产权单位; 設置單位; 设置单位; 建置單位; 管理者; 設置者""",
    "owner_sector": "ประเภทหน่วยงาน; ประเภทเจ้าของ; ภาคส่วน; sector; owner type; agency type; 기관구분",
    "user_agencies": "หน่วยงานที่ใช้; หน่วยงานที่ใช้งาน; หน่วยงานผู้ใช้; หน่วยงานที่ใช้ประโยชน์; user agencies; users; used by",
    "contact_name": "ผู้ติดต่อ; ชื่อผู้ติดต่อ; ผู้ประสานงาน; ชื่อผู้ประสานงาน; ผู้ดูแล; ชื่อผู้ดูแล; ผู้รับผิดชอบ; ชื่อ-สกุล; ชื่อ-สกุลผู้ติดต่อ; ชื่อสกุล; contact; contact name; contact person; caretaker; 담당자; 담당자명; 聯絡人; 联系人; 承辦人; 負責人; 负责人",
    "contact_position": "ตำแหน่งผู้ประสานงาน; ตำแหน่งผู้ดูแล; contact position; job title; 직위; 職稱; 职务",
    "contact_phone": """เบอร์โทร; เบอร์โทรศัพท์; เบอร์; เบอร์ติดต่อ; เบอร์โทรติดต่อ; โทรศัพท์; โทร; โทร.; หมายเลขโทร; หมายเลขติดต่อ; เบอร์มือถือ; มือถือ; โทรศัพท์ผู้ติดต่อ; tel; tel.; phone; phone no; phone no.; phone number; telephone; telephone no; mobile; mobile phone; contact number; contact no; contact phone; contact tel;
        관리기관전화번호; 전화번호; 연락처; 관리기관연락처; 담당전화번호; 문의전화; 電話; 电话; 聯絡電話; 联系电话; 連絡電話; 聯絡方式; 联系方式; 電話號碼; 電話番号""",
    "province": "จังหวัด; ชื่อจังหวัด; province; changwat; state; 시도; 시도명; 縣市; 縣市別; 城市; 省份; 省; city; county",
    "district": "อำเภอ; เขต; อำเภอ/เขต; ชื่ออำเภอ; district; amphoe; amphur; ampur; suburb; 시군구; 시군구명; 자치구; 구군; 區; 行政區; 行政区; 鄉鎮市區; 區域; 区县; 区",
    "subdistrict": "ตำบล; แขวง; ตำบล/แขวง; ชื่อตำบล; subdistrict; sub-district; tambon; tambol; 읍면동; 설치동; 행정동; 법정동; 동; 里; 村里; 里別; 街道",
    "police_station": "สถานีตำรวจ; สภ.; สน.; สภ./สน.; สถานีตำรวจท้องที่; สถานีตำรวจพื้นที่; โรงพัก; ท้องที่; police station; station; 관할경찰서; 경찰서; 분局; 分局; 派出所; 警察局; 管轄分局; 轄區分局; 派出所名稱",
    "patrol_area": "เขตตรวจ; พื้นที่รับผิดชอบ; สายตรวจ; patrol area; beat; 관할구역",
    "project": "โครงการ; ชื่อโครงการ; โครงการที่ติดตั้ง; project; project name; programme; 사업명; 計畫名稱; 專案名稱; 項目名稱; 项目名称",
    "installed_budget": "แหล่งงบ; แหล่งงบประมาณ; แหล่งที่มาของงบประมาณ; ที่มาของงบประมาณ; งบประมาณที่ใช้; ประเภทงบประมาณ; budget source; funding; funded by",
    "installed_budget_year": "ปีงบประมาณ; ปีงบ; งบประมาณปี; fiscal year; budget year; fy; 예산연도; 年度",
    "install_year": """ปีที่ติดตั้ง; ปีติดตั้ง; ปี พ.ศ. ที่ติดตั้ง; ปี พ.ศ.; พ.ศ.; ปีที่จัดซื้อ; ปีที่ได้มา; วันที่ติดตั้ง; วันติดตั้ง; วันเดือนปีที่ติดตั้ง; วัน เดือน ปี ที่ติดตั้ง; เดือน/ปีที่ติดตั้ง; เดือนปีที่ติดตั้ง; ติดตั้งเมื่อ; ติดตั้งปี; ปี; year; year installed; install year; installation year; install date; installation date; installed date; date installed; installed; installed on; commissioned; commission date;
        설치년월; 설치연월; 설치년도; 설치연도; 설치일; 설치일자; 설치시기; 도입년도; 도입연도; 建置年度; 設置年度; 設置年份; 設置年月; 安裝年份; 安装年份; 安裝年度; 裝設日期; 安裝日期; 安装日期; 安装时间; 設置日期; 設置時間; 建置日期; 啟用日期; 啟用年份; 建設年份""",
    "brand_and_model": "ยี่ห้อ/รุ่น; ยี่ห้อ-รุ่น; ยี่ห้อและรุ่น; ยี่ห้อรุ่น; ยี่ห้อ รุ่น; ยี่ห้อ/รุ่นกล้อง; brand/model; brand & model; make/model; make and model; brand and model; 廠牌型號; 品牌型号; 제조사/모델",
    "recorder": "ยี่ห้อ/รุ่นเครื่องบันทึก; ยี่ห้อและรุ่นเครื่องบันทึก; ยี่ห้อ/รุ่นเครื่องบันทึกภาพ; recorder brand/model; dvr brand/model",
    "camera_brand": "ยี่ห้อ; ยี่ห้อกล้อง; brand; camera brand; make; manufacturer; vendor; 제조사; 제조회사; 메이커; 廠牌; 品牌; 厂家; 廠商",
    "camera_model": "รุ่น; รุ่นกล้อง; model; camera model; model no; model number; 모델; 모델명; 型號; 型号; 機型",
    "recorder_brand": "ยี่ห้อเครื่องบันทึก; ยี่ห้อ dvr; ยี่ห้อ nvr; ยี่ห้อ dvr/nvr; recorder brand; dvr brand; nvr brand",
    "recorder_model": "รุ่นเครื่องบันทึก; รุ่น dvr; รุ่น nvr; รุ่น dvr/nvr; recorder model; dvr model; nvr model",
    "camera_system": "ระบบ; ระบบของกล้อง; ชนิดระบบ; system; camera system; technology; analog/ip; 카메라방식; 系統",
    "camera_type": "ชนิดกล้อง; ประเภทของกล้อง; ลักษณะกล้อง; ชนิดของกล้อง; ประเภท; ชนิด; type; camera type; cam type; type of camera; 카메라유형; 카메라종류; 카메라타입; 카메라형태; 종류; 유형; 攝影機類型; 攝影機種類; 鏡頭類型; 類型; 類別; 类型; 种类; 摄像机类型",
    "connection": "การเชื่อมต่อ; การเชื่อมต่อกล้อง; connection; wired/wireless; มีสาย/ไร้สาย",
    "mobile_view": "ดูผ่านมือถือ; ดูผ่านโทรศัพท์; ดูผ่านโทรศัพท์มือถือ; การดูผ่านมือถือ; mobile view; viewable on mobile",
    "stream_url": "url; link; stream; stream url; streamurl; streaming url; video url; live url; rtsp; ลิงก์; ลิงค์; ลิงก์ดูภาพ; ลิงค์ดูภาพ; ลิงก์กล้อง; url กล้อง; 영상주소; 影像網址; 影像連結; 網址; 视频地址; 链接",
    "faces_public": "ทิศทางการรับภาพ; พื้นที่รับภาพ; ภายใน/ภายนอก; indoor/outdoor; indoor or outdoor; 실내외구분",
    "bearing": "bearing; heading; azimuth; องศา; ทิศ (องศา); มุมทิศ; 방위각; 方位角",
    "view_angle": "มุมรับภาพ; field of view; fov; view angle; 화각; 視角",
    "view_range_m": "ระยะมองเห็น; ระยะการมองเห็น; range; range (m); view range; 監控距離",
    "direction": "ทิศทาง; ทิศทางกล้อง; ทิศทางที่กล้องหัน; มุมกล้อง; มุมมองกล้อง; direction; facing; camera direction; view; 촬영방면정보; 촬영방면; 촬영방향; 방향; 拍攝方向; 拍摄方向; 監控方向; 监控方向; 方向; 鏡頭方向; 拍攝範圍",
    "status": "สถานะ; สถานะกล้อง; สถานะของกล้อง; สภาพ; สภาพกล้อง; สภาพการใช้งาน; สภาพของกล้อง; สถานภาพ; สถานะการทำงาน; การใช้งาน; การใช้งานได้; ใช้งานได้/ไม่ได้; status; camera status; condition; working; working status; operational; operational status; is active; active; 상태; 운영상태; 작동상태; 작동여부; 가동여부; 狀態; 状态; 使用狀況; 運作狀態; 运行状态; 妥善情形",
    "problems": "ประเภทปัญหา; problems; problem type",
    "problem_note": "ปัญหา; ปัญหาที่พบ; สาเหตุ; สาเหตุที่ชำรุด; อาการ; อาการชำรุด; อาการเสีย; ความชำรุด; problem; fault; issue; defect; 고장내용; 故障原因",
    "maintenance": "การบำรุงรักษา; ผู้บำรุงรักษา; การดูแลรักษา; สัญญาบำรุงรักษา; maintenance; warranty; 유지보수",
    "effectiveness_day": "ประสิทธิภาพกลางวัน; คุณภาพภาพกลางวัน; day quality",
    "effectiveness_night": "ประสิทธิภาพกลางคืน; คุณภาพภาพกลางคืน; night quality",
    "retention_days": "ระยะเวลาจัดเก็บ; ระยะเวลาจัดเก็บข้อมูล; ระยะเวลาการจัดเก็บ; ระยะเวลาการจัดเก็บข้อมูล; ระยะเวลาเก็บข้อมูล; ระยะเวลาบันทึก; ระยะเวลาบันทึกภาพ; จำนวนวันที่จัดเก็บ; จำนวนวันที่บันทึก; จำนวนวันจัดเก็บ; จัดเก็บ (วัน); บันทึก (วัน); เก็บภาพ (วัน); เก็บข้อมูล (วัน); บันทึกย้อนหลัง; เก็บภาพย้อนหลัง; เก็บข้อมูลย้อนหลัง; ย้อนหลัง; ดูย้อนหลัง; retention; retention days; retention period; recording days; storage days; days of storage; days kept; 보관일수; 보관기간; 보관일; 영상보관일수; 영상보관기간; 저장기간; 저장일수; 保存天數; 保存天数; 保存期限; 保存日數; 保存時間; 存储天数; 存储时间; 錄影保存天數; 儲存天數; 錄影天數",
    "storage_method": "วิธีจัดเก็บ; วิธีการจัดเก็บ; การจัดเก็บข้อมูล; การบันทึกภาพ; ระบบบันทึก; เครื่องบันทึก; เครื่องบันทึกภาพ; อุปกรณ์บันทึก; storage; storage method; recorder; recording; dvr/nvr; 저장장치; 儲存方式",
    "disclosure": "การเปิดเผย; การเปิดเผยข้อมูลภาพ; disclosure",
    "network_linked": "การเชื่อมต่อเครือข่าย; การเชื่อมโยง; เชื่อมต่อได้หรือไม่; เชื่อมต่อศูนย์; เชื่อมโยงศูนย์; network; linked; connected; online",
    "control_centre": "ศูนย์ควบคุม; ศูนย์ควบคุมกล้อง; ศูนย์ปฏิบัติการ; ศูนย์ cctv; ห้องควบคุม; control centre; control center; control room; monitoring centre; 관제센터; 통합관제센터; 監控中心; 控制中心",
    "network_type": "เครือข่าย; ระบบเครือข่าย; ชนิดเครือข่าย; ประเภทเครือข่าย; network type; link type",
    "network_provider": "ผู้ให้บริการเครือข่าย; ผู้ให้บริการอินเทอร์เน็ต; ค่าย; isp; provider; network provider; 통신사; 電信業者",
    "place_type": "ประเภทจุดติดตั้ง; ประเภทที่ตั้ง; place type; 장소유형",
    "area_type": "ลักษณะพื้นที่; ลักษณะบริเวณ; บริเวณ/ลักษณะพื้นที่; area type",
    "sufficiency": "ความเพียงพอ; เพียงพอหรือไม่; sufficiency",
    "restricted": "เขตหวงห้าม; พื้นที่หวงห้าม; restricted",
    "details": "รายละเอียด; รายละเอียดเพิ่มเติม; ข้อมูลเพิ่มเติม; details; description; 상세내용; 說明; 说明",
    "camera_count": """จำนวนกล้อง; จำนวนกล้องทั้งหมด; จำนวนกล้อง (ตัว); จำนวน (ตัว); จำนวนตัว; จำนวน; กล้อง (ตัว); รวมกล้อง; จำนวนกล้องที่ติดตั้ง; camera count; cameras; no of cameras; no. of cameras; number of cameras; num cameras; total cameras; qty; qty.; quantity; count; units;
        카메라대수; 카메라수; 설치대수; 대수; 수량; cctv대수; 攝影機數量; 攝影機數; 鏡頭數; 鏡頭數量; 監視器數量; 支數; 數量; 数量; 摄像头数量; 台数; 台數; 監視器支數""",
    "working_count": "ใช้งานได้; ใช้การได้; ใช้ได้; ปกติ; ใช้งานได้ (ตัว); ใช้การได้ (ตัว); จำนวนที่ใช้งานได้; จำนวนกล้องที่ใช้งานได้; จำนวนใช้งานได้; ดี; working cameras; functioning",
    "broken_count": "ใช้งานไม่ได้; ใช้การไม่ได้; ใช้ไม่ได้; ชำรุด; เสีย; ชำรุด (ตัว); ใช้งานไม่ได้ (ตัว); ใช้การไม่ได้ (ตัว); จำนวนที่ชำรุด; จำนวนที่ใช้งานไม่ได้; จำนวนกล้องชำรุด; จำนวนกล้องที่ชำรุด; broken; not working; faulty",
    "purpose": "วัตถุประสงค์; วัตถุประสงค์การติดตั้ง; ภารกิจ; purpose; use; category; 설치목적; 설치목적구분; 목적; 용도; 구분; 분류; 분류명; 카메라용도; 設置目的; 安裝目的; 安装目的; 用途; 分類; 使用目的; unit",
    "resolution": "ความละเอียด; ความละเอียดกล้อง; ความละเอียดภาพ; ความคมชัด; พิกเซล; resolution; pixels; megapixel; megapixels; mp; 카메라화소수; 화소수; 화소; 해상도; 解析度; 畫素; 分辨率; 像素; 清晰度",
    "remark": "หมายเหตุ; หมายเหตุ/อื่นๆ; อื่น ๆ; remark; remarks; note; notes; comment; comments; 비고; 참고사항; 備註; 备注; 備考; 附註",
    "site_id": "site_id; รหัสจุดติดตั้งในระบบ; รหัสจุด (ระบบ)",
    "camera_id": "camera_id; รหัสกล้องในระบบ; รหัสกล้อง (ระบบ)",
    "record_id": "record_id; รหัสรายการในระบบ",
    "serial": "ลำดับ; ลำดับที่; ที่; no; no.; #; number; seq; seq.; sequence; s/n; item; item no; index; objectid; object id; fid; gid; ogc_fid; row; 연번; 순번; 일련번호; 번호; 流水號; 序號; 序号; 項次; 编号序号; 番号",
    "not_wanted": "ชั้นความลับ; classification; security classification; รูปภาพ; ภาพ; ภาพถ่าย; photo; image; picture; วันที่ปรับปรุง; วันที่สำรวจ; ผู้สำรวจ; วันที่บันทึก; ผู้บันทึก; updated; updated at; last updated; last update; update date; modified; created; created at; timestamp; 데이터기준일자; 기준일자; 업데이트일시; 등록일자; 등록일; 제공기관코드; 제공기관명; 更新日期; 更新時間; 更新时间; 資料日期; 資料更新日期; 數據日期",
    "location": "ตำแหน่งที่จะติดตั้ง; จุดที่จะติดตั้ง; จุดที่ต้องการติดตั้ง; จุดติดตั้งเพิ่มเติม; จุดที่เสนอ; สถานที่ที่จะติดตั้ง; ตำแหน่งที่ขอติดตั้ง; จุดที่ขอติดตั้ง; สถานที่; จุดติดตั้ง; location; proposed location; name; ชื่อจุด; ชื่อจุดติดตั้ง; สถานที่ติดตั้ง; บริเวณ",
    "project_status": "สถานะโครงการ; สถานะการดำเนินการ; สถานะ; project status; status",
    "reason": "เหตุผล; เหตุผลความจำเป็น; เหตุผลและความจำเป็น; ความจำเป็น; เหตุผลที่ขอติดตั้ง; reason; justification",
    "reason_type": "ประเภทเหตุผล; reason type",
    "budget_source": "แหล่งงบ; แหล่งงบประมาณ; แหล่งที่มาของงบประมาณ; budget source; funding",
    "budget_amount": "งบประมาณ; งบประมาณ (บาท); จำนวนเงิน; วงเงิน; วงเงินงบประมาณ; จำนวนเงิน (บาท); ราคา; มูลค่า; budget; amount; cost; budget amount",
    "budget_year": "ปีงบประมาณ; ปีงบ; fiscal year; budget year",
    "priority": "ความเร่งด่วน; ลำดับความสำคัญ; ความสำคัญ; priority; urgency",
    "agency": "หน่วยงาน; agency; ส่วนราชการ; หน่วยงานที่รายงาน",
    "linking": "ปัญหาการเชื่อมโยง; ปัญหาในการเชื่อมโยงข้อมูล; การเชื่อมโยงข้อมูล; linking",
    "usage": "ปัญหาการใช้งาน; ปัญหาในการใช้งาน; usage",
    "storage": "ปัญหาการจัดเก็บ; ปัญหาการจัดเก็บข้อมูล; ปัญหาในการจัดเก็บข้อมูล; storage",
    "service": "ปัญหาการให้บริการ; ปัญหาการให้บริการข้อมูล; service",
    "other": "ปัญหาอื่น; ปัญหาด้านอื่น; other problems",
    "suggestions": "ข้อเสนอแนะ; ข้อเสนอ; แนวทางแก้ไข; suggestions; recommendations",
}  # fmt: skip
MEANS_A_POINT = ("reason", "project_status", "location", "budget_amount", "reason_type")
MEANS_A_REPORT = ("linking", "usage", "storage", "service", "suggestions")
# Where a second heading for the same thing goes: a list with a road address and an older one, a name and a place.
INSTEAD = {
    "install_point": ("place", "address"), "address": ("place",), "place": ("address",), "latitude": ("camera_latitude",), "longitude": ("camera_longitude",),
    "details": ("camera_details", "remark"), "position": (), "label": ("asset_number",), "camera_type": ("purpose",), "owner_agency": ("user_agencies",),
}  # fmt: skip
assert all(key == key.strip() for key in OTHER)


def listed() -> dict[str, tuple[str, ...]]:
    """The headings of each field as a tuple."""
    return {name: tuple(h.strip() for h in text.split(";") if h.strip()) for name, text in OTHER.items()}
